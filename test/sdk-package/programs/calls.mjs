// A partner's program in ESM; it prints what it saw.
import { isSelvedgeError, Selvedge } from "@selvedge/sdk";
import { callsOf } from "./calls-of.cjs";

console.log(JSON.stringify(await callsOf({ isSelvedgeError, Selvedge })));
