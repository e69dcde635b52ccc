type Json = Record<string, never>;

/** How a call is made: with which body, and as whom. */
export interface Call {
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: "GET" | "POST";
}

/** An answer of the shop. */
export interface Answer {
  readonly status: number;
  readonly body: Json;
  readonly headers: Headers;
}

/** A shop on Medusa, as its people and its customers use it over HTTP. */
export class Shop {
  readonly baseUrl: string;
  /** What the admin's token is. */
  token = "";
  /** A secret API key. */
  secret = "";
  #publishable = "";
  #region = "";
  #option = "";
  #variants = new Map<string, string>();

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  /** Calls the shop, each time over a connection of its own. */
  async call(path: string, { body, headers, method }: Call = {}): Promise<Answer> {
    const init = {
      method: method ?? (body ? "POST" : "GET"),
      headers: { "content-type": "application/json", connection: "close", ...headers },
      ...(body && { body: JSON.stringify(body) }),
    };
    const answer = await fetch(`${this.baseUrl}${path}`, init);
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.includes("json");
    return {
      status: answer.status,
      body: isJson ? JSON.parse(text) : ({ text } as never),
      headers: answer.headers,
    };
  }

  /** Calls as the admin; anything but a success is a failure. */
  async admin<Body>(path: string, body?: object): Promise<Body> {
    const headers = { authorization: `Bearer ${this.token}` };
    return must(path, await this.call(`/admin/${path}`, { ...(body && { body }), headers }));
  }

  /** Calls as a customer's browser. */
  async store<Body>(path: string, body?: object): Promise<Body> {
    const headers = { "x-publishable-api-key": this.#publishable };
    return must(path, await this.call(`/store/${path}`, { ...(body && { body }), headers }));
  }

  /** The admin logs in. */
  async logIn(email: string, password: string): Promise<void> {
    const path = "/auth/user/emailpass";
    this.token = must<{ token: string }>(
      path,
      await this.call(path, { body: { email, password } }),
    ).token;
  }

  /** Opens the shop: a region, a warehouse with parcels, and keys. */
  async open(): Promise<void> {
    const { sales_channels } = await this.admin<Listed<"sales_channels">>("sales-channels");
    const channel = sales_channels[0]?.id;
    const currency_code = "eur";
    const { region } = await this.admin<One<"region">>("regions", {
      ...{ name: "Germany", currency_code, countries: ["de"] },
      payment_providers: ["pp_system_default"],
    });
    this.#region = region.id;
    const place = await this.admin<One<"stock_location">>("stock-locations", { name: "main" });
    const location = `stock-locations/${place.stock_location.id}`;
    await this.admin(`${location}/sales-channels`, { add: [channel] });
    await this.admin(`${location}/fulfillment-providers`, { add: ["manual_manual"] });
    const { stock_location } = await this.admin<{
      stock_location: { fulfillment_sets: { id: string }[] };
    }>(`${location}/fulfillment-sets?fields=*fulfillment_sets`, { name: "dock", type: "shipping" });
    const zones = `fulfillment-sets/${stock_location.fulfillment_sets[0]?.id}/service-zones`;
    const { fulfillment_set } = await this.admin<{
      fulfillment_set: { service_zones: { id: string }[] };
    }>(zones, { name: "Germany", geo_zones: [{ type: "country", country_code: "de" }] });
    const { shipping_option } = await this.admin<One<"shipping_option">>("shipping-options", {
      ...{ name: "parcel", price_type: "flat", provider_id: "manual_manual" },
      service_zone_id: fulfillment_set.service_zones[0]?.id,
      shipping_profile_id: await this.#profile(),
      type: { label: "parcel", description: "by road", code: "parcel" },
      prices: [{ currency_code, amount: 5 }],
    });
    this.#option = shipping_option.id;
    const key = (type: "secret" | "publishable") =>
      this.admin<{ api_key: { id: string; token: string } }>("api-keys", { title: type, type });
    const publishable = (await key("publishable")).api_key;
    await this.admin(`api-keys/${publishable.id}/sales-channels`, { add: [channel] });
    this.#publishable = publishable.token;
    this.secret = (await key("secret")).api_key.token;
  }

  /** Puts a style on sale, in sizes. */
  async offers(style: string, ...sizes: readonly string[]): Promise<void> {
    const { sales_channels } = await this.admin<Listed<"sales_channels">>("sales-channels");
    const variants = sizes.map((size) => ({
      ...{ title: size, sku: `${style}-${size}`, manage_inventory: false },
      options: { Size: size, Color: "Red" },
      prices: [{ currency_code: "eur", amount: 29.9 }],
    }));
    const { product } = await this.admin<{
      product: { variants: { id: string; sku: string }[] };
    }>("products", {
      ...{ title: style, handle: style.toLowerCase(), status: "published", material: "cotton" },
      ...{ sales_channels: sales_channels.map(({ id }) => ({ id })), variants },
      options: [
        { title: "Size", values: sizes },
        { title: "Color", values: ["Red"] },
      ],
      shipping_profile_id: await this.#profile(),
    });
    for (const { id, sku } of product.variants) this.#variants.set(sku, id);
  }

  /** A customer buys so many pieces of each SKU; answers the order's id. */
  async sells(wanted: Readonly<Record<string, number>>): Promise<string> {
    const email = "ada@mail.test";
    const made = await this.store<One<"cart">>("carts", { region_id: this.#region, email });
    const cart = `carts/${made.cart.id}`;
    for (const [sku, quantity] of Object.entries(wanted)) {
      await this.store(`${cart}/line-items`, { variant_id: this.#variants.get(sku), quantity });
    }
    const address = { first_name: "Ada", last_name: "L", address_1: "Street 1", city: "Berlin" };
    const shipping_address = { ...address, postal_code: "10115", country_code: "de" };
    await this.store(cart, { shipping_address, billing_address: shipping_address });
    await this.store(`${cart}/shipping-methods`, { option_id: this.#option });
    const paying = await this.store<One<"payment_collection">>("payment-collections", {
      cart_id: made.cart.id,
    });
    const payment = `payment-collections/${paying.payment_collection.id}/payment-sessions`;
    await this.store(payment, { provider_id: "pp_system_default" });
    return (await this.store<One<"order">>(`${cart}/complete`, {})).order.id;
  }

  /** A customer's token. */
  async customer(): Promise<string> {
    const body = { email: "bea@mail.test", password: "of-a-customer" };
    const path = "/auth/customer/emailpass";
    const { token } = must<{ token: string }>(path, await this.call(`${path}/register`, { body }));
    const headers = {
      "x-publishable-api-key": this.#publishable,
      authorization: `Bearer ${token}`,
    };
    must(path, await this.call("/store/customers", { body: { email: body.email }, headers }));
    return must<{ token: string }>(path, await this.call(path, { body })).token;
  }

  /** The admin's session, as a cookie. */
  async session(): Promise<string> {
    const headers = { authorization: `Bearer ${this.token}` };
    const { headers: answered } = await this.call("/auth/session", { body: {}, headers });
    return answered.get("set-cookie")?.split(";")[0] ?? "";
  }

  async #profile(): Promise<string | undefined> {
    const { shipping_profiles } =
      await this.admin<Listed<"shipping_profiles">>("shipping-profiles");
    return shipping_profiles[0]?.id;
  }
}

type One<Name extends string> = Readonly<Record<Name, { id: string }>>;
type Listed<Name extends string> = Readonly<Record<Name, { id: string }[]>>;

function must<Body>(path: string, { status, body }: Answer): Body {
  if (status < 300) return body as Body;
  throw new Error(`${path}: ${status} ${JSON.stringify(body)}`);
}
