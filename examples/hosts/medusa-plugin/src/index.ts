// For hosts whose one dependency is the plugin: its options' type, and what their own code calls.
export * from "@selvedge/server/medusa";
