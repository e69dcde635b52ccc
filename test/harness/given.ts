export { given } from "../../server/src/test-kit/given.ts";
