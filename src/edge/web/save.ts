/** Hands a file to the reader of the page, who saves it. */
export function saveFile(name: string, type: string, content: string | Blob): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The download has its own hold on the bytes by then.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** JSON as a file: two spaces, a line feed at the end; a bigint, such as a seed, is its digits. */
export function jsonText(value: unknown): string {
  const plain = (_: string, each: unknown): unknown =>
    typeof each === "bigint" ? String(each) : each;
  return `${JSON.stringify(value, plain, 2)}\n`;
}
