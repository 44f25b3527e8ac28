// Rows of a table that the service gives as CSV (RFC 4180), each by the names of its columns.

export function rowsOf(text) {
  const [names, ...lines] = linesOf(text);
  if (names === undefined) return [];
  return lines.map((cells) => Object.fromEntries(names.map((name, at) => [name, cells[at] ?? ""])));
}

function linesOf(text) {
  const lines = [];
  let line = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    const cell = quoted === undefined ? plain : quoted.replaceAll('""', '"');
    if (end === "" && cell === "" && line.length === 0) break;
    line.push(cell);
    if (end === ",") continue;
    lines.push(line);
    line = [];
    if (end === "") break;
  }
  return lines;
}
