/** Where Selvedge is, and who asks: a partner key made by `selvedge keys create`. */
export class SelvedgeApi {
  readonly name = "selvedgeApi";
  readonly displayName = "Selvedge API";
  readonly properties = [
    {
      ...{ displayName: "Base URL", name: "baseUrl", type: "string", required: true },
      ...{ default: "http://127.0.0.1:4000", placeholder: "https://erp.example/selvedge" },
    },
    {
      ...{ displayName: "API Key", name: "apiKey", type: "string", default: "" },
      typeOptions: { password: true },
    },
  ];
  readonly authenticate = {
    type: "generic",
    properties: { headers: { Authorization: "=Bearer {{$credentials.apiKey}}" } },
  };
  readonly test = {
    request: { baseURL: "={{$credentials.baseUrl}}", url: "/v1/queries/journal/events?limit=1" },
  };
}
