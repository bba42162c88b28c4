import { X509Certificate } from "node:crypto";
import { BlockList, isIP } from "node:net";
import { ChannelCredentials, Metadata } from "@grpc/grpc-js";

/** Whom to trust, and by what to be known. Empty ones are plain text and nobody. */
export interface Credentials {
  /** PEM certificates of the authorities that the service's certificate must come from. Absent: plain text. */
  authorities?: Buffer;
  /** The bearer token by which the service knows its caller. It is sent in plain text to this machine only. */
  token?: string;
}

/** The token or the authorities cannot be used. */
export class InvalidCredentialsError extends Error {
  override readonly name = "InvalidCredentialsError";
}

const HOST_AND_PORT = /^(?:\[(?<ipv6>[0-9A-Fa-f:.]+)\]|(?<host>[^\s:/[\]]+)):(?<port>\d{1,5})$/;
const GREATEST_PORT = 65_535;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** How to connect to an address with these credentials. */
export function connect(address: string, { authorities, token }: Credentials): ChannelCredentials {
  const isLocal = isLoopback(address);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new InvalidCredentialsError("the token is empty, or has characters that no token has");
  }
  if (token !== undefined && authorities === undefined && !isLocal) {
    throw new InvalidCredentialsError(
      `the token would travel to ${address} in plain text; give authorities, or --ca, with it`,
    );
  }
  if (authorities === undefined) {
    return ChannelCredentials.createInsecure();
  }
  try {
    new X509Certificate(authorities);
  } catch (error) {
    throw new InvalidCredentialsError("the authorities are no certificates; give those of a PEM file", { cause: error });
  }
  return ChannelCredentials.createSsl(authorities);
}

/** What every call brings. */
export function metadataOf({ token }: Credentials): Metadata {
  const metadata = new Metadata();
  if (token !== undefined) {
    metadata.set("authorization", `Bearer ${token}`);
  }
  return metadata;
}

/** Whether what is sent to an address stays on this machine. */
export function isLoopback(address: string): boolean {
  const { ipv6, host, port } = HOST_AND_PORT.exec(address)?.groups ?? {};
  const name = ipv6 ?? host;
  if (name === undefined || !(Number(port) >= 1 && Number(port) <= GREATEST_PORT)) {
    throw new RangeError(`"${address}" is no address; give HOST:PORT, such as 127.0.0.1:50051, without http://`);
  }
  const version = isIP(name);
  return name === "localhost" || (version !== 0 && LOOPBACK.check(name, version === 4 ? "ipv4" : "ipv6"));
}
