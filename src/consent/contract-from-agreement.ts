import type { Coding, Contract, ContractSigner, ContractTerm, Organization, Reference } from '@medplum/fhirtypes';
import type { OrganisationKey } from '../fhir/sharing.ts';
import { agreementState } from './agreement-state.ts';
import type { Agreement, AgreementState, Clause, RegisteredAgreement } from './types.ts';
import { waitingClauses } from './waiting-clauses.ts';

const local = (name: string): string => `https://fhir.bicp.example/CodeSystem/${name}`;
const terminology = (name: string): string => `http://terminology.hl7.org/CodeSystem/${name}`;

const verificationSignature: Coding = { system: 'urn:iso-astm:E1762-95:2013', code: '1.2.840.10065.1.12.1.5', display: 'Verification Signature' };

/** HL7: offered = a proposal, executable = agreed and may still be executed, executed = active, revoked = rescinded, terminated = reached its expiry date. */
const statuses: Record<AgreementState, NonNullable<Contract['status']>> = {
  draft: 'offered', signed: 'executable', 'in-force': 'executed', lapsed: 'terminated', terminated: 'revoked',
};

/**
 * A data-sharing agreement as a FHIR R4 Contract, one per version: who signed, the period, and one term per clause that
 * says whose information (offer, asset), how sensitive (securityLabel), and for whom and what purpose (action), whose
 * status says which parties must sign before the clause gives anything.
 * It describes; what is shared is decided by the agreement itself. `signer` names parties whose time of signing is known,
 * because FHIR requires it.
 */
export function contractFromAgreement(registered: RegisteredAgreement, now: Date): Contract {
  const { agreement } = registered;
  const state = agreementState(registered, now);
  const signer = signersOf(registered);
  const missing = new Map(waitingClauses(registered).map((clause) => [clause.number, clause.missing]));
  return {
    resourceType: 'Contract',
    id: `${agreement.id}-${agreement.version}`,
    identifier: [{ system: 'https://fhir.bicp.example/Id/agreement', value: agreement.id }],
    version: agreement.version,
    status: statuses[state],
    legalState: { coding: [{ system: local('agreement-state'), code: state }] },
    title: agreement.title,
    type: { coding: [{ system: terminology('contract-type'), code: 'disclosure' }] },
    applies: { start: agreement.period.start.toISOString(), end: lastInstant(agreement.period.end) },
    ...(agreement.purposesText !== undefined && { scope: { text: agreement.purposesText } }),
    ...(state === 'lapsed' && { expirationType: { text: 'The period has ended' } }),
    term: [...agreement.clauses.map((clause) => termFrom(clause, agreement, missing.get(clause.number) ?? [])), ...exclusionsFrom(agreement)],
    supportingInfo: [{ display: `Review date ${agreement.reviewDate}` }],
    ...(signer.length > 0 && { signer }),
    legal: agreement.lawfulBases.map((display) => ({ contentReference: { display } })),
    rule: [
      { contentReference: { identifier: { system: 'https://fhir.bicp.example/Id/agreement-sha256', value: agreement.sha256 }, display: 'SHA-256 of the content' } },
      ...(agreement.retention === undefined ? [] : [{ contentReference: { display: agreement.retention } }]),
    ],
  };
}

/** A FHIR Period includes its end, ours does not. */
function lastInstant(end: Date): string {
  return new Date(end.getTime() - 1).toISOString();
}

function signersOf({ agreement, signatures }: RegisteredAgreement): ContractSigner[] {
  return (signatures ?? []).flatMap(({ organisation, at }) => {
    const role = agreement.parties.find((party) => party.organisation === organisation)?.signatoryRole;
    if (role === undefined) return [];
    const party = organisationReference(organisation, agreement);
    return [{
      type: { system: terminology('contractsignertypecodes'), code: 'AGNT', display: role },
      party,
      signature: [{ type: [verificationSignature], when: at.toISOString(), who: party }],
    }];
  });
}

function termFrom(clause: Clause, agreement: Agreement, missing: readonly OrganisationKey[]): ContractTerm {
  const to = clause.to.map((organisation) => organisationReference(organisation, agreement));
  const from = clause.from.map((organisation) => organisationReference(organisation, agreement));
  const status = missing.length === 0
    ? { coding: [{ system: 'http://hl7.org/fhir/contract-action-status', code: 'complete' }] }
    : { ...concept('agreement-state', 'unsigned'), text: `Not signed by ${missing.map((organisation) => nameOf(organisation, agreement) ?? organisation).join(', ')}` };
  return {
    identifier: { system: `https://fhir.bicp.example/Id/agreement/${agreement.id}/clause`, value: clause.number },
    text: clause.text,
    securityLabel: securityLabelsOf(clause),
    offer: {
      party: [{ reference: from, role: concept('agreement-party', 'discloser') }, { reference: to, role: concept('agreement-party', 'recipient') }],
      text: clause.consentBasis === 'implied' ? 'Implied consent' : 'Explicit consent of the person',
    },
    asset: [{
      subtype: clause.categories.map((category) => concept('sharing-category', category)),
      typeReference: from,
      ...(clause.relationships && { condition: `The recipient has a live relationship of one of these kinds with the person: ${clause.relationships.join(', ')}` }),
      text: `Notice when kept back: ${clause.notice}`,
    }],
    action: clause.purposes.flatMap((purpose) => {
      const disclosed = {
        type: { coding: [{ system: terminology('consentaction'), code: 'disclose' }] },
        subject: clause.roles.map((role) => ({ reference: to, role: concept('sharing-role', role) })),
        intent: { coding: [{ system: terminology('v3-ActReason'), code: purpose }] },
        status,
      };
      return [disclosed, ...(clause.excludedLabels ? [{ doNotPerform: true, ...disclosed, securityLabelNumber: [excludedNumber] }] : [])];
    }),
    ...(clause.retention !== undefined && { group: [{ type: concept('agreement-term', 'retention'), text: clause.retention, offer: { text: 'How long what is shared under this clause is kept' } }] }),
  };
}

/** An action that is not to be performed names the labels it is about by this number. */
const excludedNumber = 1;

function securityLabelsOf({ labels, excludedLabels }: Clause): NonNullable<ContractTerm['securityLabel']> {
  const classification = (sensitive: boolean): Coding => ({ system: terminology('v3-Confidentiality'), code: sensitive ? 'R' : 'N' });
  return [
    { classification: classification(labels.length > 0), ...(labels.length > 0 && { category: labels.map(labelCoding) }) },
    ...(excludedLabels ? [{ number: [excludedNumber], classification: classification(true), category: excludedLabels.map(labelCoding) }] : []),
  ];
}

/** What the parties state they do not share: terms without an action, for a reader only. */
function exclusionsFrom({ exclusions = [] }: Agreement): ContractTerm[] {
  return exclusions.map((text) => ({ type: concept('agreement-term', 'exclusion'), text, offer: { text: 'Not shared under this agreement' } }));
}

function nameOf(key: OrganisationKey, { parties }: Agreement): string | undefined {
  return parties.find(({ organisation }) => organisation === key)?.name;
}

function organisationReference(key: OrganisationKey, agreement: Agreement): Reference<Organization> {
  const at = key.indexOf('|');
  const name = nameOf(key, agreement);
  return { type: 'Organization', identifier: { system: key.slice(0, at), value: key.slice(at + 1) }, ...(name !== undefined && { display: name }) };
}

/** A label is the bare code; its code system follows from which one knows it. */
function labelCoding(code: string): Coding {
  if (['U', 'L', 'M', 'N', 'R', 'V'].includes(code)) return { system: terminology('v3-Confidentiality'), code };
  return { system: /^[A-Z]+$/.test(code) ? terminology('v3-ActCode') : local('sharing-label'), code };
}

function concept(system: string, code: string): { coding: Coding[] } {
  return { coding: [{ system: local(system), code }] };
}
