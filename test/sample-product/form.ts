// Writes multipart forms byte for byte, so that tests can send what no library would.

export const BOUNDARY = '----sample-boundary-4d2f';
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;
/** What an upload needs besides its body [PRD-7]. */
export const UPLOAD_HEADERS = { 'Content-Type': FORM_TYPE, 'X-Atlassian-Token': 'no-check' };

export interface Part {
  readonly name?: string;
  /** As it stands in the header, after `filename=`. */
  readonly filename?: string;
  readonly type?: string;
  readonly content: string | Buffer;
}

export function form(...parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ name = 'file', filename, type, content }) => [
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${filename === undefined ? '' : `; filename="${filename}"`}\r\n` +
        `${type === undefined ? '' : `Content-Type: ${type}\r\n`}\r\n`,
    ),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}
