// SPDX-License-Identifier: Apache-2.0
//
// What the demo prints, and how often it was not what it expected.

const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
let count = 0;

export const failures = () => count;
export const faint = (text) => paint(2, text);
export const heading = (text) => console.log(`\n${paint(1, text)}`);

// A line of a table whose columns are [[name, width], ..]; without cells, its head.
export function line(columns, cells = columns.map(([name]) => name)) {
  return cells.map((cell, i) => String(cell).padEnd(columns[i][1])).join('  ');
}

export function report(ok, text, detail = '') {
  console.log(`${text}  ${ok ? paint(32, 'ok') : paint(31, 'NOT AS EXPECTED')}`);
  if (!ok) {
    count += 1;
    console.log(detail);
  }
}
