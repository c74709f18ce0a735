// The settings of the audit trail: how durable it is, for how long it is kept, where it goes, and who answers for the product's own log.
import { choiceSetting } from '../plugin-kit/setting.js';
import { auditRetentionDaysSetting, auditRetentionMegabytesSetting, auditSinksSetting } from './sink-settings.js';

export const AUDIT_SETTINGS = {
  auditDurability: choiceSetting(
    'audit.durability',
    ['process', 'power'],
    'process',
    'What a record survives before the upstream is asked: a killed process, or a power cut too.',
  ),
  auditProductLog: choiceSetting(
    'audit.productLog',
    ['postern', 'product'],
    { emulator: 'postern', gateway: 'product' },
    'Who answers for the product’s own audit log, /rest/auditing/1.0/events and /rest/api/2/auditing/record: Postern, with its own events, or the product behind it.',
  ),
  auditRetentionDays: auditRetentionDaysSetting,
  auditRetentionMegabytes: auditRetentionMegabytesSetting,
  auditSinks: auditSinksSetting,
} as const;
