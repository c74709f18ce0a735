/** Whose context path a request lies below; `cloud` has none and is served on Postern's own origin [CLD-1]. */
export type Product = 'jira' | 'confluence' | 'cloud';

/** The products that can stand behind the gateway. */
export type UpstreamProduct = Exclude<Product, 'cloud'>;
