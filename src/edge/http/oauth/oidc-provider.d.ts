/** The part of oidc-provider 9 that the embedded issuer uses; the package ships no types of its own. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';
  import type { JWK } from 'jose';

  export interface StoredPayload {
    [key: string]: unknown;
    jti?: string;
    iss?: string;
  }

  export interface Adapter {
    upsert(id: string, payload: StoredPayload, expiresIn?: number): Promise<void>;
    find(id: string): Promise<StoredPayload | undefined>;
    findByUid(uid: string): Promise<undefined>;
    findByUserCode(userCode: string): Promise<undefined>;
    consume(id: string): Promise<void>;
    destroy(id: string): Promise<void>;
    revokeByGrantId(grantId: string): Promise<void>;
  }

  export interface Client {
    clientId: string;
    scope?: string;
  }

  export interface Context {
    body: unknown;
    oidc: { params?: { scope?: string; resource?: unknown }; client?: Client };
  }

  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    /** trust X-Forwarded-Proto and X-Forwarded-Host */
    proxy: boolean;
    callback(): RequestListener;
    on(event: 'error', listener: (error: unknown) => void): this;
    on(event: 'server_error', listener: (context: unknown, error: Error) => void): this;
  }

  export const errors: Record<'InvalidClientAuth' | 'InvalidScope' | 'InvalidTarget', new (description?: string, detail?: string) => Error>;

  export type PrivateJwks = { keys: JWK[] };
}
