/** The part of oidc-provider 9 that the embedded issuer uses; the package ships no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
  import type { JWK } from 'jose';

  export interface StoredPayload {
    [key: string]: unknown;
    jti?: string;
    iss?: string;
  }

  export interface Adapter {
    upsert(id: string, payload: StoredPayload, expiresIn?: number): Promise<void>;
    find(id: string): Promise<StoredPayload | undefined>;
    findByUid(uid: string): Promise<StoredPayload | undefined>;
    findByUserCode(userCode: string): Promise<undefined>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  export interface Client {
    clientId: string;
    jwksUri?: string;
    redirectUris?: string[];
    tokenEndpointAuthMethod?: string;
    /** what we say of it: see ownMetadata */
    allowed_scopes?: string;
    token_seconds?: number;
    organisation?: string;
    organisation_name?: string;
    role?: string;
    purpose?: string;
    person_name?: string;
  }

  export interface Account {
    accountId: string;
    claims(): Promise<{ sub: string; fhirUser: string }>;
  }

  export interface Grant {
    addOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    rejectResourceScope(resource: string, scope: string): void;
    getResourceScope(resource: string): string | undefined;
    jti: string;
    save(): Promise<string>;
  }

  export interface Context {
    body: unknown;
    status: number;
    oidc: {
      route?: string;
      params?: { scope?: string; resource?: unknown; grant_type?: string; token?: string };
      client?: Client;
      entities?: { Grant?: Grant };
      session?: { accountId?: string };
      result?: { consent?: { grantId: string }; acting?: string };
      provider: Provider;
    };
  }

  export interface InteractionDetails {
    uid: string;
    prompt: { name: string };
    params: { login_hint?: unknown; client_id?: unknown; redirect_uri?: unknown; scope?: unknown; launch?: unknown };
  }

  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    /** trust X-Forwarded-Proto and X-Forwarded-Host */
    proxy: boolean;
    callback(): RequestListener;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<InteractionDetails>;
    interactionFinished(request: IncomingMessage, response: ServerResponse, result: { login: { accountId: string; remember: boolean }; consent?: { grantId: string }; acting?: string } | { error: string; error_description: string }): Promise<void>;
    Grant: { new (of: { accountId: string; clientId: string }): Grant; find(id: string): Promise<Grant | undefined> };
    /** before the library's own handling */
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this;
    on(event: 'error', listener: (error: unknown) => void): this;
    on(event: 'server_error', listener: (context: unknown, error: Error) => void): this;
  }

  export const errors: Record<'InvalidClientAuth' | 'InvalidGrant' | 'InvalidRequest' | 'InvalidScope' | 'InvalidTarget', new (description?: string, detail?: string) => Error>;

  export type PrivateJwks = { keys: JWK[] };
}
