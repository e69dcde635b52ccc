/** This package's version, as told to the server. */
export const sdkVersion = "0.1.0";
