import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import { detailsOf, type EcgClient, type Recording } from "../index.js";
import { readRecord, UnreadableFileError } from "../wfdb.js";
import { HEADER_SUFFIX, type Line, predictionLine, refusedLine, resultLine, unreadableLine } from "./lines.js";

type Print = (line: Line) => void;

/** Lists the headers under a folder, in the order of their paths. */
export async function headersUnder(folder: string): Promise<string[]> {
  const headers = await walk(folder);
  if (headers.length === 0) {
    throw new RangeError(`there is no ${HEADER_SUFFIX} file under ${folder}; give a folder of WFDB records`);
  }
  return headers;
}

async function walk(folder: string): Promise<string[]> {
  const headers: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      headers.push(...(await walk(path)));
    } else if (path.endsWith(HEADER_SUFFIX)) {
      headers.push(path);
    }
  }
  return headers;
}

/** Classifies a record by a call; tells how many were not classified. Throws what ended the call, if not the record. */
export async function classifyOne(client: EcgClient, [header = ""]: string[], print: Print): Promise<number> {
  try {
    const recording = await readRecord(header);
    print(predictionLine(header, await client.predict(recording)));
    return 0;
  } catch (error) {
    const ended = detailsOf(error);
    if (error instanceof UnreadableFileError) {
      print(unreadableLine(header, error));
    } else if (ended?.code === status.INVALID_ARGUMENT) {
      print(refusedLine(header, ended));
    } else {
      throw error;
    }
    return 1;
  }
}

/** Classifies records over one stream; tells how many were not classified. Throws what ended the stream early. */
export async function classifyAll(client: EcgClient, headers: string[], print: Print): Promise<number> {
  // Of each file that was read, in order: why it was not sent, or undefined where it was.
  const problems: (UnreadableFileError | undefined)[] = [];
  let failures = 0;
  let next = 0;
  const printUnreadable = () => {
    for (let problem; (problem = problems[next]) !== undefined; next++, failures++) {
      print(unreadableLine(headers[next]!, problem));
    }
  };
  for await (const result of client.predictStream(readAll(headers, problems))) {
    printUnreadable();
    print(resultLine(headers[next]!, result));
    failures += result.outcome?.$case === "error" ? 1 : 0;
    next++;
  }
  printUnreadable();
  return failures;
}

/** Yields the records that can be read, and notes of each whether it could. */
async function* readAll(headers: string[], problems: (UnreadableFileError | undefined)[]): AsyncGenerator<Recording> {
  for (const header of headers) {
    try {
      const recording = await readRecord(header);
      problems.push(undefined);
      yield recording;
    } catch (error) {
      if (!(error instanceof UnreadableFileError)) {
        throw error;
      }
      problems.push(error);
    }
  }
}
