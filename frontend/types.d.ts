/**
 * The types that the whole frontend shares: those of the contract, generated
 * from openapi.yaml into build/types, and what `lib/api.js` makes of them.
 * Read by tsc alone; not served.
 */

/** The schemas of openapi.yaml: `Contract['Token']`. */
type Contract = import('../build/types/openapi').components['schemas'];
type ContractPaths = import('../build/types/openapi').paths;

/** What `h` takes as content. */
type Child = Node | string | number | null | undefined | false;
type Children = Child | Children[];

/**
 * What `h` sets on an element: `class` (string), `dataset` (object), `style` (object of CSS properties),
 * `on<event>` (listener), the live properties that lib/h.js lists, and otherwise attributes (`true` →
 * present, `false`/`null` → absent).
 */
interface Props {
  [listener: `on${string}`]: ((event: never) => void) | null | undefined;
  [name: string]: unknown;
}

type ApiMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** The paths of openapi.yaml that have the method. */
type ApiPath<M extends ApiMethod> = {
  [P in keyof ContractPaths]: ContractPaths[P] extends Record<M, object> ? P : never;
}[keyof ContractPaths];

type ApiOperation<M extends ApiMethod, P extends ApiPath<M>> = ContractPaths[P][M];

type ApiParams<O> = O extends { parameters: { path: infer X } } ? X : never;

/** Filters come from the address as they were typed: names are checked here, values by the server. */
type ApiQuery<O> = O extends { parameters: { query?: infer Q } }
  ? { [K in keyof NonNullable<Q>]?: NonNullable<Q>[K] | string | null }
  : never;

type ApiBody<O> = O extends { requestBody?: { content: infer C } } ? C[keyof C] : never;

/** The document of a good answer; null where it has none. */
type ApiData<O> = O extends { responses: infer R }
  ? {
      [S in keyof R & (200 | 201 | 202 | 204)]: R[S] extends {
        content: { 'application/json': infer T };
      }
        ? T
        : null;
    }[keyof R & (200 | 201 | 202 | 204)]
  : never;

interface ApiCommonOptions {
  /** Sent as If-Match. */
  etag?: string | null;
  /** From newIdempotencyKey(), kept across retries. */
  idempotencyKey?: string;
  signal?: AbortSignal;
  /** A 401 is left to the caller (the log-in form). */
  quiet?: boolean;
}

type ApiOptions<O> = ApiCommonOptions &
  ([ApiParams<O>] extends [never] ? { params?: undefined } : { params: ApiParams<O> }) &
  (keyof ApiQuery<O> extends never ? { query?: undefined } : { query?: ApiQuery<O> }) &
  ([ApiBody<O>] extends [never]
    ? { body?: undefined }
    : O extends { requestBody: object }
      ? { body: ApiBody<O> }
      : { body?: ApiBody<O> });

/** The options may be left out where none is required. */
type ApiArguments<O> =
  object extends ApiOptions<O> ? [options?: ApiOptions<O>] : [options: ApiOptions<O>];

interface ApiResult<T = unknown> {
  data: T;
  status: number;
  etag: string | null;
  requestId: string | null;
  headers: Headers;
}

/** A request by its path template: `get('/v1/tokens/{id}', { params: { id } })`. */
type ApiCall<M extends ApiMethod> = <P extends ApiPath<M>>(
  path: P,
  ...rest: ApiArguments<ApiOperation<M, P>>
) => Promise<ApiResult<ApiData<ApiOperation<M, P>>>>;

/** The paths that answer with CSV too. */
type ApiCsvPath = {
  [P in keyof ContractPaths]: ContractPaths[P] extends {
    get: { responses: { 200: { content: { 'text/csv': string } } } };
  }
    ? P
    : never;
}[keyof ContractPaths];

/** What the form of a product is filled with: a request, or the snapshot of one in a habilitation. */
interface FilledForm {
  id: string;
  use_case: string;
  scopes: string[];
  organisation?: { eligibility_ground: Contract['EligibilityGround'] | null };
  attachments?: Contract['Attachment'][];
  scope_justifications?: Record<string, string>;
}

/** The texts of locales/<language>.json. */
type Texts = string | Texts[] | TextTree;
interface TextTree {
  [key: string]: Texts;
}
