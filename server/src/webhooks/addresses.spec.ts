import { expect, test } from "vitest";
import { isPublic, whyNotTo } from "./addresses.ts";
import { Postman } from "./post.ts";
import { startReceiver } from "./receiver.fixture.ts";

test.each([
  ...["127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255"],
  ...["192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1"],
  ...["255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1"],
  ...["64:ff9b::a00:1", "2002:a00:1::", "2001:0:1::1", "fc00::1", "fd12::1", "fe80::1", "ff02::1"],
  ...["", "example.org", "1.2.3"],
])("%s is none of the public internet", (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each([
  ...["1.1.1.1", "172.15.0.1", "172.32.0.1", "192.167.1.1", "100.128.0.1"],
  ...["2606:4700::1111", "2a00:1450::1", "::ffff:1.1.1.1"],
])("%s is", (address) => {
  expect(isPublic(address)).toBe(true);
});

test.each([
  ["https://partner.example/hooks", undefined, undefined],
  ["https://1.1.1.1:8443/", undefined, undefined],
  ["http://partner.example/", "is not https", undefined],
  ["https://127.0.0.1/", "is none of the public internet", undefined],
  // However a number is written, it is that address.
  ["https://0x7f.1/", "is none of the public internet", undefined],
  ["https://2130706433/", "is none of the public internet", undefined],
  ["https://[::1]/", "is none of the public internet", undefined],
  ["https://[::ffff:a00:1]/", "is none of the public internet", undefined],
  ["https://me:secret@partner.example/", ...Array(2).fill("has a name or password in it")],
  ["https://partner.example/#there", "has a fragment", "has a fragment"],
  ["ftp://partner.example/", "is not https", "is not https"],
])("whether messages may go to %s", (url, toAnyone, ...[toOurs]) => {
  expect(whyNotTo(url, false)).toBe(toAnyone);
  expect(whyNotTo(url, true)).toBe(toOurs);
});

test("a name is looked at when the connection is made, whatever it was before", async () => {
  const receiver = await startReceiver();
  const postman = new Postman({ allowPrivate: false });
  const url = receiver.url.replace("http://127.0.0.1", "https://localhost");
  const attempt = await postman.post(url, {}, "{}", undefined);
  expect(attempt).toEqual({
    ...{ status: null, error: "its address is none of the public internet", retryAfterMs: 0 },
  });
  expect(receiver.received).toEqual([]);
  postman.close();
  await receiver.close();
});

test("no more is taken of an answer than a connection's reuse is worth", async () => {
  const receiver = await startReceiver();
  const cut = new Promise<void>((resolve) => {
    receiver.react((response) => {
      response.once("close", resolve);
      // It would go on for ever.
      const more = () => void (response.write(Buffer.alloc(65_536)) && setImmediate(more));
      response.writeHead(200).on("drain", more);
      more();
    });
  });
  const postman = new Postman({ allowPrivate: true });
  expect(await postman.post(receiver.url, {}, "{}", undefined)).toMatchObject({ status: 200 });
  await cut;
  postman.close();
  await receiver.close();
});
