// One program, two copies of the SDK: each has to know the other's errors.
import { createRequire } from "node:module";
import * as esm from "@selvedge/sdk";

const cjs = createRequire(import.meta.url)("@selvedge/sdk");
const lost = { code: "NETWORK", retryable: true };
const seen = {
  areTwo: cjs.SelvedgeError !== esm.SelvedgeError,
  esmKnowsCjs: esm.isSelvedgeError(new cjs.SelvedgeError("No.", lost)),
  cjsKnowsEsm: cjs.isSelvedgeError(new esm.SelvedgeError("No.", lost)),
  others: esm.isSelvedgeError(new TypeError("fetch failed")),
};
console.log(JSON.stringify(seen));
