/** A small OSCAL POA&M, as FedRAMP and ServiceNow write it. */
export function oscalFile(
  version: string,
  { riskStatus = 'remediating' }: { readonly riskStatus?: string } = {},
): Buffer {
  const fedramp = 'https://fedramp.gov/ns/oscal';
  return Buffer.from(
    JSON.stringify({
      'plan-of-action-and-milestones': {
        uuid: '3f3b7b0a-6a5e-4c0e-9c39-5a7c4d7b0001',
        metadata: {
          title: 'POA&M',
          'last-modified': '2026-11-01T00:00:00Z',
          version: '1',
          'oscal-version': version,
        },
        observations: [
          {
            uuid: '3f3b7b0a-6a5e-4c0e-9c39-5a7c4d7b0002',
            description: 'seen',
            methods: ['TEST'],
            collected: '2026-01-05T00:00:00Z',
          },
        ],
        risks: [
          {
            uuid: '3f3b7b0a-6a5e-4c0e-9c39-5a7c4d7b0003',
            title: 'Outdated kernel',
            description: 'The kernel lacks a fix.',
            statement: 'It can be taken over.',
            props: [{ name: 'impacted-control-id', ns: fedramp, value: 'si-2' }],
            status: riskStatus,
            deadline: '2026-07-05T00:00:00Z',
            characterizations: [
              { origin: { actors: [] }, facets: [{ name: 'risk', system: fedramp, value: 'high' }] },
            ],
            remediations: [
              {
                uuid: '3f3b7b0a-6a5e-4c0e-9c39-5a7c4d7b0004',
                lifecycle: 'planned',
                title: 'Plan',
                description: 'Patch it.',
                tasks: [
                  {
                    uuid: '3f3b7b0a-6a5e-4c0e-9c39-5a7c4d7b0005',
                    type: 'milestone',
                    title: 'Test it',
                    timing: {
                      'within-date-range': { start: '2026-02-01T00:00:00Z', end: '2026-03-01T00:00:00Z' },
                    },
                  },
                ],
              },
            ],
          },
        ],
        'poam-items': [
          {
            uuid: '3f3b7b0a-6a5e-4c0e-9c39-5a7c4d7b0006',
            title: 'Outdated kernel',
            description: 'The kernel lacks a fix.',
            props: [
              { name: 'POAM-ID', ns: fedramp, value: 'V-7' },
              { name: 'issue_type', value: 'PRB001' },
            ],
            'related-risks': [{ 'risk-uuid': '3f3b7b0a-6a5e-4c0e-9c39-5a7c4d7b0003' }],
            'related-observations': [{ 'observation-uuid': '3f3b7b0a-6a5e-4c0e-9c39-5a7c4d7b0002' }],
          },
        ],
      },
    }),
  );
}
