// A partner's program in CommonJS; it prints what it saw.
const { isSelvedgeError, Selvedge } = require("@selvedge/sdk");
const { callsOf } = require("./calls-of.cjs");

callsOf({ isSelvedgeError, Selvedge }).then((seen) => console.log(JSON.stringify(seen)));
