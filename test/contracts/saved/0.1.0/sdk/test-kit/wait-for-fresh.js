export function waitForFresh(query, input, options = {}) {
    return query(input, { ...options, maxStaleMs: 0, onMiss: "wait" });
}
