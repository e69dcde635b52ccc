import type { Request, Response } from "express";
import type { Served } from "../contract/served.ts";

/**
 * Answers the OpenAPI document, which is no secret. It is written once: that takes longer than
 * sending it, and anybody may ask.
 */
export function openapiRoute(served: Served) {
  let written: { readonly below: string; readonly text: string } | undefined;
  return ({ baseUrl: below }: Request, res: Response): void => {
    if (written?.below !== below) {
      // A document is found where it says nothing else; below a path it has to say so.
      written = { below, text: JSON.stringify(served.openapi(below || undefined)) };
    }
    res.type("application/json").send(written.text);
  };
}
