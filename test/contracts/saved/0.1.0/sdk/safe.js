import { isSelvedgeError } from "./errors.js";
export async function safe(call) {
    try {
        return { ok: true, value: await call };
    }
    catch (error) {
        if (!isSelvedgeError(error))
            throw error;
        return { ok: false, error };
    }
}
