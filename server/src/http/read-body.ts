import { TRPCError } from "@trpc/server";
import express, { type Request, type Response } from "express";
import { Fault } from "../kernel/faults.ts";
import { bodyBytesMax } from "./entry.ts";

const parse = express.json({ limit: bodyBytesMax, inflate: false, type: () => true });

/** Reads a JSON body, or says what is wrong with it; what the host has read is taken as it is. */
export async function readBody(req: Request, res: Response): Promise<unknown> {
  const error = await new Promise<unknown>((resolve) => parse(req, res, resolve));
  if (!error && req.body !== undefined) return req.body;
  const { status } = (error ?? {}) as { status?: number };
  if (status === 413) throw new TRPCError({ code: "PAYLOAD_TOO_LARGE" });
  if (status === 415) throw unsupported("Send the body in UTF-8, and not compressed.");
  throw new TRPCError({ code: "PARSE_ERROR" });
}

/** A body of a kind that is not taken. */
export function unsupported(message: string): Fault {
  return new Fault("BAD_INPUT", message, { status: "UNSUPPORTED_MEDIA_TYPE" });
}
