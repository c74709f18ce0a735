// One record as one line, in the format that a sink was given. ASCII without control characters, whatever a client sent [AUD-11].
import type { AuditRecord } from '../contract.js';
import { toCef } from './cef.js';
import type { SinkFormat } from './contract.js';
import { toOcsf } from './ocsf.js';

/** The line without its end. */
export function formatRecord(record: AuditRecord, format: SinkFormat, version: string): string {
  switch (format) {
    case 'json':
      return asciiJson(record);
    case 'cef':
      return toCef(record, version);
    case 'ocsf':
      return asciiJson(toOcsf(record, version));
    default:
      return format satisfies never;
  }
}

const BEYOND_ASCII = /[\u007f-\uffff]/g;

function asciiJson(value: object): string {
  return JSON.stringify(value).replace(BEYOND_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
