import { describe, expect, it } from 'vitest';
import { countLists, listedAround, listedAroundText, type Surrounded } from '../../src/clients/listed-around.ts';

const on = (name: string) => ({ list: { name } });
const record = (value: string, name: string) => ({ value, ...on(name) });
const hostOf = (host: Partial<NonNullable<Surrounded['host']>>) => ({
  type: 'URL',
  covering: null,
  host: { type: 'DOMAIN', defanged: 'a[.]example', covering: [], argus: { memberships: [] }, ...host },
});

describe('what is listed around an indicator', () => {
  it('is told value by value, each list once, defanged', () => {
    const covering = [record('b.example', 'x.org'), record('b.example', 'x.org'), record('example', 'y')];
    const around = listedAround({ type: 'DOMAIN', covering, host: null });
    expect(around).toEqual([
      { relation: 'below', value: 'b[.]example', lists: ['x[.]org'] },
      { relation: 'below', value: 'example', lists: ['y'] },
    ]);
    expect(listedAroundText(around)).toBe('below b[.]example (x[.]org); below example (y)');
  });

  it('counts a list once that has several things around it', () => {
    const covering = [record('192.0.2.0/24', 'x'), record('192.0.2.0/25', 'x')];
    expect(countLists(listedAround({ type: 'IPV4', covering, host: null }) ?? [])).toBe(1);
  });

  it.each(['MD5', 'OTHER'])('is nothing for %s, which nothing can cover', type => {
    expect(listedAround({ type, covering: null, host: null })).toEqual([]);
  });

  it('is unknown where Argus could not be asked, about the value or about its host', () => {
    expect(listedAround({ type: 'DOMAIN', covering: null, host: null })).toBeNull();
    expect(listedAround(hostOf({ covering: null, argus: { memberships: null } }))).toBeNull();
    expect(listedAroundText(null)).toBe('unknown');
  });

  it('keeps what is known of a host where the rest could not be read', () => {
    expect(listedAround(hostOf({ covering: null, argus: { memberships: [on('x')] } }))).toEqual([
      { relation: 'on host', value: 'a[.]example', lists: ['x'] },
    ]);
    expect(listedAround(hostOf({ covering: [record('example', 'x')], argus: { memberships: null } }))).toEqual([
      { relation: 'on a host below', value: 'example', lists: ['x'] },
    ]);
  });
});
