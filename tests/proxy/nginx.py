# SPDX-License-Identifier: Apache-2.0
"""A real nginx in a folder of its own."""

import os
import pathlib
import shutil
import socket
import subprocess

from harness import TIMEOUT, eventually

PROGRAM = shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin")
CONFIGURATION = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log info; worker_processes {workers}; {user}
events {{ worker_connections 4096; }}
http {{
  access_log off; default_type application/octet-stream; keepalive_timeout 60s; keepalive_requests 1000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  {http}
}}
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Nginx:
    """`http` is what stands in its block of that name; `port` one that it listens at."""

    def __init__(self, folder, http, port, workers=1):
        if not PROGRAM:
            raise AssertionError("nginx is missing: scripts/setup brings it")
        self.folder, self.port = pathlib.Path(folder), port
        self.folder.mkdir(exist_ok=True)
        user = "user root;" if os.geteuid() == 0 else ""  # else its workers could not look into the folder
        (self.folder / "nginx.conf").write_text(CONFIGURATION.format(folder=self.folder, workers=workers, user=user, http=http))
        self.start()

    def start(self):
        error_log = self.folder / "error.log"
        self.process = subprocess.Popen([PROGRAM, "-c", self.folder / "nginx.conf", "-p", self.folder, "-e", error_log], stderr=subprocess.DEVNULL)
        eventually("nginx listens", self.listens)

    def listens(self):
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "error.log").read_text())
        try:
            socket.create_connection(("127.0.0.1", self.port)).close()
            return True
        except OSError:
            return False

    def processes(self):
        """Its master and its workers."""
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]

    def stop(self):
        self.process.terminate()
        self.process.wait(TIMEOUT)
