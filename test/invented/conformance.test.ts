import { describeConnectorConformance } from '../../src/connectors/kit/conformance/suite.ts';
import { startHarness } from './harness.ts';
import { governorConnector } from './second-connector.ts';

// Nothing outside of this folder knows the product; a real one would be a line in src/main/connectors.ts.
describeConnectorConformance({
  name: 'Governor, an invented GRC system',
  declaration: governorConnector.declaration,
  start: () =>
    startHarness({
      product: 'governor',
      module: governorConnector,
      lists: { system: 'boundaries', poam: 'items', milestone: 'steps' },
      textField: 'notes',
      ofNew: { summary: 'Sample', state: 'OPEN', due: '28/02/2031', owner: 'Jane Doe' },
      parentOfNew: 'B-01',
    }),
});
