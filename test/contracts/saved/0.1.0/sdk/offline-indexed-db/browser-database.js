export async function openDatabase(name, prepare, closed) {
    const { indexedDB } = globalThis;
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => prepare(request.result);
    const database = await answerOf(request);
    database.onclose = closed;
    database.onversionchange = () => {
        database.close();
        closed();
    };
    return database;
}
export async function inTransaction(database, store, work) {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" });
    const completed = new Promise((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
    });
    completed.catch(() => { });
    try {
        const done = await work(transaction.objectStore(store));
        await completed;
        return done;
    }
    catch (error) {
        abort(transaction);
        throw error;
    }
}
function abort(transaction) {
    try {
        transaction.abort();
    }
    catch {
    }
}
export function answerOf(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}
