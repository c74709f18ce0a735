// One rule gives every spelling: `extender.secureMode` in YAML is `POSTERN_EXTENDER_SECURE_MODE` in the environment.

/** The environment variable of a setting. */
export function environmentName(settingName: string): string {
  const words = settingName.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll('.', '_');
  return `POSTERN_${words.toUpperCase()}`;
}

/** Set by Kubernetes for a Service named `postern`, never by an operator: ignored. */
export function isKubernetesVariable(name: string, value: string): boolean {
  return name.startsWith('POSTERN_SERVICE_') || name.startsWith('POSTERN_PORT_') || (name === 'POSTERN_PORT' && value.startsWith('tcp://'));
}
