import { describe, expect, it } from 'vitest';
import { pluginOf, type ItemFacts } from './item-shape.ts';
import { RepeatedPlugins } from './repeated-plugins.ts';
import { ScanTimes } from './scan-times.ts';

const item = (children: Readonly<Record<string, string>>, name = 'Widget'): ItemFacts => ({
  attributes: { pluginID: '7', pluginName: name, pluginFamily: 'General', port: '443' },
  children: new Map(Object.entries(children).map(([child, text]) => [child, [text]])),
});

describe('plugins that items of a file repeat', () => {
  it('repeated plugins are one object for all items that report the same about them, whatever they report about the finding', () => {
    const { take } = new ScanTimes();
    const plugins = new RepeatedPlugins();
    const first = item({ description: 'Old.', plugin_output: 'one' });
    const second = item({ plugin_output: 'two', last_found: '2026-01-01', description: 'Old.' });
    expect(plugins.of(first, take)).toEqual(pluginOf(first, take));
    expect(plugins.of(second, take)).toBe(plugins.of(first, take));
  });

  it('repeated plugins are different where an item reports something else about them, adds something or leaves it out', () => {
    const { take } = new ScanTimes();
    const plugins = new RepeatedPlugins();
    const items = [
      item({ description: 'Old.' }),
      item({ description: 'New.' }),
      item({ description: 'New.', solution: 'Update.' }),
      item({ solution: 'Update.' }),
      item({ solution: 'Update.' }, 'Gadget'),
    ];
    expect(items.map((each) => plugins.of(each, take))).toEqual(items.map((each) => pluginOf(each, take)));
  });

  it('repeated plugins have an unreadable time noted for each item', () => {
    const times = new ScanTimes();
    const plugins = new RepeatedPlugins();
    for (let n = 0; n < 3; n += 1) plugins.of(item({ plugin_publication_date: 'some day' }), times.take);
    expect(times.untaken).toMatchObject([{ times: 3 }]);
  });

  it('repeated plugins are forgotten when there are too many, and built again', () => {
    const { take } = new ScanTimes();
    const plugins = new RepeatedPlugins(1);
    const first = plugins.of(item({ description: 'Old.' }), take);
    plugins.of({ attributes: { pluginID: '8' }, children: new Map() }, take);
    const again = plugins.of(item({ description: 'Old.' }), take);
    expect(again).toEqual(first);
    expect(again).not.toBe(first);
  });
});
