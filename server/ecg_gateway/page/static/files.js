// What somebody drops or picks: files and folders, and which of the files belong together.

// A file as the page knows it: `path` tells which folder it came from.
const pathOf = (file) => file.path || file.webkitRelativePath || file.name;
const folderOf = (path) => path.slice(0, path.lastIndexOf("/") + 1);
const isHidden = (path) => path.split("/").some((part) => part.startsWith("."));
const HEADER = /\.hea$/i;
const SIGNALS = /\.(dat|mat)$/i;
const GREATEST_HEADER = 1 << 20;

// Files of a drop, folders searched through; hidden files are left out.
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return { files: [...transfer.files], isFolder: false };
  const files = (await Promise.all(entries.map((entry) => walk(entry, "")))).flat();
  return { files, isFolder: entries.some((entry) => entry.isDirectory) };
}

async function walk(entry, folder) {
  const path = folder + entry.name;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => { entry.file(resolve, reject); });
    file.path = path;
    return [file];
  }
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    // It gives a hundred at a time.
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length) return found;
    for (const one of some) found.push(...await walk(one, `${path}/`));
  }
}

// Groups of files, each read by itself: a WFDB header with the files that it names, any other file alone.
export async function grouped(files) {
  const shown = files.filter((file) => files.length === 1 || !isHidden(pathOf(file)));
  const byPath = new Map(shown.map((file) => [pathOf(file), file]));
  const taken = new Set();
  const groups = [];
  for (const header of shown.filter((file) => HEADER.test(file.name))) {
    const members = [header, ...await signalsOf(header, byPath)];
    for (const member of members) taken.add(member);
    groups.push(members);
  }
  groups.push(...shown.filter((file) => !taken.has(file)).map((file) => [file]));
  return groups
    .map((members) => ({ path: pathOf(members[0]), files: members }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

async function signalsOf(header, byPath) {
  const path = pathOf(header);
  // Of one that cannot be read it is said when it is sent.
  const text = header.size > GREATEST_HEADER ? "" : await header.text().catch(() => "");
  const lines = text.split(/\r?\n/).filter((line) => line.trim() && !line.startsWith("#"));
  const named = lines.slice(1).map((line) => folderOf(path) + line.trim().split(/\s+/)[0]);
  const stem = path.replace(HEADER, "");
  const beside = [...byPath.keys()].filter((other) => SIGNALS.test(other) && other.replace(SIGNALS, "") === stem);
  return [...new Set([...named, ...beside])].map((one) => byPath.get(one)).filter((file) => file && file !== header);
}
