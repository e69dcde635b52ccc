export async function* rowsOf(input, ask) {
    let next = input ?? {};
    for (;;) {
        const { data } = await ask(next);
        yield* data.rows;
        if (data.nextCursor === null)
            return;
        next = { ...input, cursor: data.nextCursor };
    }
}
