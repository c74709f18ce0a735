// The gate as explain asks it: the line's own site, policy and resources, and nothing behind them [GW-25].
import type { ImaginaryGate } from '../admin/routes/explain.js';
import type { CarriedProduct } from '../config/check.js';
import type { Gateway } from '../gateway/gateway.js';
import { imagine } from '../gateway/imagine.js';
import type { SitePolicy } from '../policy/index.js';

/** `gateway` is asked for when a request is: the control plane is there before the line. */
export function imaginaryGate(policy: SitePolicy, carried: readonly CarriedProduct[], gateway: () => Gateway | undefined): ImaginaryGate {
  const line = (): Gateway => {
    const found = gateway();
    if (found === undefined) throw new Error('A request was explained before there was a gate.');
    return found;
  };
  return {
    policy,
    contextPaths: carried.map(({ contextPath }) => contextPath),
    imagine: (request) => imagine(request, line().site),
    owns: (product, path) => line().ownResources.owns(product, path),
  };
}
