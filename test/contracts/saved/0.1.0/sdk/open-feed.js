export async function openFeed(url, input, { fetch, headers, told, signal }) {
    const accept = "text/event-stream";
    const params = String(feedParams(input));
    const response = await fetch(params === "" ? url : `${url}?${params}`, {
        headers: { ...headers, accept },
        redirect: "manual",
        signal,
    });
    told.answered(response.headers.get("selvedge-request-id") ?? undefined);
    const isStream = response.headers.get("content-type")?.startsWith(accept);
    if (response.ok && isStream)
        return response.body ?? undefined;
    response.body?.cancel().catch(() => undefined);
    return undefined;
}
function feedParams(input) {
    const params = new URLSearchParams();
    const add = (name, value) => {
        if (Array.isArray(value))
            for (const one of value)
                add(name, one);
        else if (typeof value === "object" && value !== null) {
            for (const [part, one] of Object.entries(value)) {
                add(name + part.charAt(0).toUpperCase() + part.slice(1), one);
            }
        }
        else if (value !== undefined)
            params.append(name, String(value));
    };
    for (const [name, value] of Object.entries(input))
        add(name, value);
    return params;
}
