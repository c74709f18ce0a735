// The real file behind the trail.
import { pbkdf2 } from 'node:crypto';
import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { openAppendFile, writeAll, type Write } from '../../src/audit/append-file.js';
import { type TemporaryFolder, temporaryFolder } from '../support/temporary-folder.js';

let folder: TemporaryFolder;

beforeEach(async () => {
  folder = await temporaryFolder();
});

afterEach(() => folder.remove());

/** A disk that takes `take` bytes at a time. */
function smallBites(take: number, written: Buffer): Write {
  return (_descriptor, bytes, start, length, offset, done) => {
    const count = Math.min(take, length);
    bytes.copy(written, offset, start, start + count);
    setImmediate(() => done(null, count));
  };
}

describe('the file', () => {
  it('writes through the thread pool: the caller never waits for the disk [AUD-2]', async () => {
    const file = await openAppendFile(folder.file('a'));
    // All threads of the pool are busy, as with disks that hang.
    const busy = Array.from({ length: 8 }, () => new Promise((resolve) => pbkdf2('a', 'b', 50_000, 64, 'sha512', resolve)));
    const written = file.append(Buffer.from('line\n'), 0);
    expect(statSync(folder.file('a')).size).toBe(0);
    await written;
    expect(readFileSync(folder.file('a'), 'utf8')).toBe('line\n');
    await Promise.all(busy);
    await file.close();
  });

  it.each([1, 3, 10, 11])('goes on after a write that took only a part (%i bytes at a time) [AUD-3]', async (take) => {
    const written = Buffer.alloc(15, '.');
    await writeAll(smallBites(take, written), 0, Buffer.from('0123456789'), 5);
    expect(written.toString()).toBe('.....0123456789');
  });

  it('fails when the disk takes nothing and names no error', async () => {
    await expect(writeAll(smallBites(0, Buffer.alloc(1)), 0, Buffer.from('x'), 0)).rejects.toThrow('took nothing');
  });

  it('fails with what the system says', async () => {
    const full: Write = (_descriptor, _bytes, _start, _length, _offset, done) =>
      done(Object.assign(new Error('full'), { code: 'ENOSPC' }), 0);
    await expect(writeAll(full, 0, Buffer.from('x'), 0)).rejects.toMatchObject({ code: 'ENOSPC' });
  });

  it('does not follow a link that somebody laid in its place', async () => {
    writeFileSync(folder.file('elsewhere'), 'theirs');
    symlinkSync(folder.file('elsewhere'), folder.file('a'));
    await expect(openAppendFile(folder.file('a'))).rejects.toMatchObject({ code: 'ELOOP' });
  });
});
