import { isRecord } from "../answers.js";
import { FakeFault } from "./fake-faults.js";
const pageRowsMax = 500;
const pageRowsDefault = 100;
export function rowsAsked(rows, input) {
    const { limit, cursor, ...wanted } = input;
    const filters = Object.entries(wanted).filter(([, value]) => value !== undefined);
    return rows.filter((row) => filters.every(([column, value]) => {
        if (!isRecord(row) || !(column in row))
            return true;
        return Array.isArray(value) ? value.includes(row[column]) : row[column] === value;
    }));
}
export function pageOf(rows, input) {
    const limit = Math.min(Number(input.limit ?? pageRowsDefault), pageRowsMax);
    const start = input.cursor === undefined ? 0 : readCursor(input.cursor);
    const end = start + limit;
    return {
        rows: rows.slice(start, end),
        nextCursor: end < rows.length ? btoa(`row ${end}`) : null,
    };
}
function readCursor(cursor) {
    const [, at] = /^row (\d+)$/.exec(decode(String(cursor))) ?? [];
    if (at !== undefined)
        return Number(at);
    throw new FakeFault("BAD_INPUT", "The cursor is not one that this query gave.", {
        details: { issues: [{ path: "cursor", message: "is not a cursor of this query" }] },
    });
}
function decode(text) {
    try {
        return atob(text);
    }
    catch {
        return "";
    }
}
