#!/usr/bin/env node
/**
 * Classifies WFDB records at the ECG classification service: one by a call, or all of a folder over one stream. Prints a
 * JSON object for each.
 */
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { status } from "@grpc/grpc-js";
import { DEFAULT_ADDRESS, detailsOf, EcgClient, type Credentials } from "../index.js";
import { classifyAll, classifyOne, headersUnder } from "./classify.js";

const USAGE = `usage: ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] FILE.hea
       ecg-classify [--address HOST:PORT] [--ca FILE] [--token-file FILE] --stream FOLDER

Classifies a WFDB record, or all those under a folder, and prints a JSON object for each.

  --address HOST:PORT  where the service is (${DEFAULT_ADDRESS})
  --ca FILE            speak TLS, and trust the authorities of this PEM file
  --token-file FILE    the file that holds the bearer token
  --stream FOLDER      classify all records under this folder, over one stream

Exit codes: 0 all classified, 1 some not, 2 called wrongly or output not written, 3 no service or it ended the call.
`;

const EXIT = { allClassified: 0, someNot: 1, wrongUsage: 2, noService: 3, noReader: 141 };

const REMEDIES: Partial<Record<status, string>> = {
  [status.UNAVAILABLE]: "check that it runs there (--address), and whether it speaks TLS (--ca)",
  [status.UNAUTHENTICATED]: "give the token that it knows you by (--token-file)",
  [status.PERMISSION_DENIED]: "ask its operator to be let in",
  [status.DEADLINE_EXCEEDED]: "try again, or send less at once",
};

interface Arguments {
  address: string;
  ca: string | undefined;
  tokenFile: string | undefined;
  file: string;
  folder: string | undefined;
}

async function main(words: string[]): Promise<number> {
  if (words.includes("--help") || words.includes("-h")) {
    process.stdout.write(USAGE);
    return EXIT.allClassified;
  }
  let given: Arguments;
  let client: EcgClient;
  let headers: string[];
  try {
    given = parse(words);
    client = new EcgClient(given.address, await credentialsOf(given));
    headers = given.folder === undefined ? [given.file] : await headersUnder(given.folder);
  } catch (error) {
    return complain(EXIT.wrongUsage, String(error instanceof Error ? error.message : error));
  }
  try {
    const classify = given.folder === undefined ? classifyOne : classifyAll;
    const failures = await classify(client, headers, (line) => process.stdout.write(`${JSON.stringify(line)}\n`));
    return failures === 0 ? EXIT.allClassified : EXIT.someNot;
  } catch (error) {
    return complain(EXIT.noService, callProblem(given.address, error));
  } finally {
    client.close();
  }
}

function parse(args: string[]): Arguments {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      address: { type: "string", default: DEFAULT_ADDRESS },
      ca: { type: "string" },
      "token-file": { type: "string" },
      stream: { type: "string" },
    },
  });
  const [file = "", ...others] = positionals;
  if (others.length > 0 || (file === "") === (values.stream === undefined)) {
    throw new RangeError("give one FILE.hea or --stream FOLDER; --help tells more");
  }
  return { address: values.address, ca: values.ca, tokenFile: values["token-file"], file, folder: values.stream };
}

async function credentialsOf({ ca, tokenFile }: Arguments): Promise<Credentials> {
  return {
    ...(ca === undefined ? {} : { authorities: await readFile(ca) }),
    ...(tokenFile === undefined ? {} : { token: (await readFile(tokenFile, "utf8")).trim() }),
  };
}

/** How a call ended, and what to do. */
function callProblem(address: string, error: unknown): string {
  const ended = detailsOf(error);
  if (ended === undefined) {
    throw error;
  }
  const remedy = REMEDIES[ended.code as status] ?? "try again later";
  return `the service at ${address}: ${status[ended.code]}: ${ended.message}; ${remedy}`;
}

/** Tells on standard error, in one line, what went wrong. */
function complain(code: number, problem: string): number {
  process.stderr.write(`ecg-classify: ${problem.replace(/\s+/g, " ")}\n`);
  return code;
}

/** How it ends where a line cannot be printed. */
function outputExit({ code, message }: NodeJS.ErrnoException): number {
  // Whoever read the lines has enough of them.
  return code === "EPIPE"
    ? EXIT.noReader
    : complain(EXIT.wrongUsage, `the output cannot be written (${message}); see where it goes`);
}

process.stdout.on("error", (error) => process.exit(outputExit(error)));
process.exitCode = await main(process.argv.slice(2));
