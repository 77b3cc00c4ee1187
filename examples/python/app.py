# SPDX-License-Identifier: Apache-2.0
"""An order service whose policy says who may call what.

uvicorn app:app
"""

import json
import logging
import os
import sys
from pathlib import Path
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Response
from pydantic import BaseModel

from doorward import AuditEvent
from doorward.asgi import DoorwardMiddleware
from doorward.fastapi import Caller, require_role
from doorward.gate import Gate


class Order(BaseModel):
    item: str
    changed_by: str = ""


def record(event: AuditEvent) -> None:
    """Writes a line for each decision; json.dumps escapes what clients chose."""
    line = {"rule": event.rule, "reason": event.reason, "subject": event.subject, "path": event.path}
    print(json.dumps(line), file=sys.stderr)


logging.basicConfig(level=logging.INFO)  # what became of policy and keys
gate = Gate(os.environ.get("ORDERS_POLICY", Path(__file__).with_name("policy.yaml")), on_decision=record)
app = FastAPI(title="Orders")
app.add_middleware(DoorwardMiddleware, gate=gate)
orders = {"17": Order(item="lamp"), "18": Order(item="table")}


@app.get("/healthz")
def healthz() -> str:
    return "alive"


@app.get("/readyz")
def readyz(response: Response) -> dict[str, str | None]:
    cause = gate.status().unready_cause
    if cause is not None:
        response.status_code = 503
    return {"cause": cause}


@app.get("/orders")
def list_orders() -> dict[str, Order]:
    return orders


@app.get("/orders/{id}")
def read_order(id: str) -> Order:
    if id not in orders:
        raise HTTPException(404)
    return orders[id]


@app.put("/orders/{id}")
def change_order(id: str, order: Order, caller: Caller) -> Order:
    orders[id] = Order(item=order.item, changed_by=caller.subject or "")
    return orders[id]


# The policy asks for an editor already; said once more, it holds even if somebody widens the rule.
@app.delete("/orders/{id}", status_code=204)
def delete_order(id: str, caller: Annotated[object, Depends(require_role("editor"))]) -> None:
    orders.pop(id, None)


@app.get("/people/{person}")
def profile(person: str, caller: Caller) -> dict[str, object]:
    return {"person": person, "roles": caller.roles, "mail": caller.claims.get("email")}
