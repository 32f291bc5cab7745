#!/usr/bin/env python3
"""Checks the tables beside this file; reads nothing else. Writes ambiguous.tsv with --write-ambiguous.
Exit 0 when all holds, 1 otherwise."""
import os, re, sys
from collections import Counter, defaultdict
D = os.path.dirname(os.path.abspath(__file__))
bad, ok = [], 0

def want(cond, msg):
    global ok
    if cond: ok += 1
    else: bad.append(msg)

def table(fn, cols):
    raw = open(os.path.join(D, fn), 'rb').read()
    want(b'\r' not in raw and not raw.startswith(b'\xef\xbb\xbf') and raw.endswith(b'\n'), fn + ': LF, no BOM, last newline')
    lines = raw.decode('utf-8').split('\n')[:-1]
    want(lines[0].split('\t') == cols, fn + ': header')
    out = []
    for i, l in enumerate(lines[1:], 2):
        f = l.split('\t')
        want(len(f) == len(cols), '%s:%d: %d fields' % (fn, i, len(f)))
        want(all(x == x.strip() for x in f), '%s:%d: stray space' % (fn, i))
        out.append(dict(zip(cols, f + [''] * len(cols))))
    return out

def flags(r):
    return dict((x.partition('=')[::2]) for x in r['flags'].split(',') if x)

div = table('divisions.tsv', ['code', 'name', 'level', 'parent', 'flags'])
want([r['code'] for r in div] == sorted(r['code'] for r in div), 'divisions: sorted by code')
gone = [r for r in div if any(f.startswith('abolished_since_') for f in flags(r))]
new = [r for r in div if any(f.startswith('since_') for f in flags(r))]
cur = [r for r in div if r not in gone and r not in new]
live = {r['code']: r for r in cur}
every = {r['code'] for r in div}
want(len(live) == len(cur), 'divisions: a code twice among those in force in mid-2022')
want(len({(r['code'], r['name']) for r in div}) == len(div), 'divisions: a (code, name) twice')
for r in div:
    c, l, p = r['code'], r['level'], r['parent']
    want(re.fullmatch(r'[1-8]\d{5}', c), c + ': code')
    want(l == ('province' if c[2:] == '0000' else 'prefecture' if c[4:] == '00' else 'county'), c + ': level')
    want(re.fullmatch(r'[\u3400-\u9fff]{2,15}', r['name']), c + ': name ' + r['name'])
    want(p == '' if l == 'province' else p in every, c + ': parent ' + p)
    if l == 'county':
        want(p in (c[:4] + '00', c[:2] + '0000'), c + ': parent prefix')
        want(p[4:] == '00' and (p == c[:4] + '00' or c[:4] + '00' not in every), c + ': skips its prefecture')
        want(p[2:] != '0000' or c[:2] in ('11', '12', '31', '50') or c[2:4] == '90', c + ': directly under a province')
    for k, v in flags(r).items():
        want(re.fullmatch(r'sub_provincial|capital|separately_planned|municipality|xpcc|no_county|province_administered|(code_)?single_source|(abolished_since|until|since)_20\d\d', k), c + ': flag ' + k)
        if k.startswith(('abolished', 'until')):
            want(v and all(x in every for x in v.split(';')), c + ': successor ' + v)
            if k.startswith('abolished'):
                want(all(x in live for x in v.split(';')), c + ': successor not in force ' + v)
n = Counter(r['level'] for r in cur)
want((n['province'], n['prefecture'], n['county']) == (34, 333, 2843), 'counts %s' % dict(n))
F = Counter(f for r in cur for f in flags(r))
want((F['sub_provincial'], F['capital'], F['separately_planned'], F['municipality'], F['xpcc'], F['no_county']) == (15, 27, 5, 4, 11, 4), 'flag counts %s' % dict(F))
# kinds of division, as the Ministry's yearly communique for the end of 2021 counts them
kind = Counter()
for r in cur:
    m = re.search(r'(自治州|自治县|自治旗|地区|盟|(?<=神农架)林区|(?<=六枝)特区|市|区|县|旗)$', r['name'])
    if r['level'] != 'province':
        k = m.group(1) if m else '?'
        kind[(r['level'], '市辖区' if k == '区' else k)] += 1
want(dict(kind) == {('prefecture', '市'): 293, ('prefecture', '地区'): 7, ('prefecture', '自治州'): 30, ('prefecture', '盟'): 3,
                    ('county', '市辖区'): 977, ('county', '市'): 394, ('county', '县'): 1301, ('county', '自治县'): 117,
                    ('county', '旗'): 49, ('county', '自治旗'): 3, ('county', '特区'): 1, ('county', '林区'): 1}, 'kinds %s' % dict(kind))
empty = [r['code'] for r in cur if r['level'] == 'prefecture' and not any(x['parent'] == r['code'] for x in cur)]
want(sorted(empty) == ['441900', '442000', '460400', '620200'] and all('no_county' in flags(live[c]) for c in empty), 'prefectures without counties: %s' % empty)
want(all(len({x['name'] for x in v}) == len(v) for v in [[r for r in cur if r['parent'] == p] for p in live]), 'two children of one parent share a name')

zone = table('zones.tsv', ['name', 'kind', 'host', 'aliases', 'source', 'note'])
K = 'etdz hightech new_area bonded free_trade other_national provincial local cluster innovation_cluster'.split()
zn = Counter(r['kind'] for r in zone)
names = defaultdict(set)
src = set()
for r in zone:
    want(r['kind'] in K, r['name'] + ': kind')
    want(r['host'] in live or (r['host'] == '' and r['kind'] == 'cluster'), r['name'] + ': host ' + r['host'])
    want(r['source'] != '', r['name'] + ': no source')
    src |= set(r['source'].split('+'))
    al = [a for a in r['aliases'].split(',') if a]
    want(len(al) == len(set(al)) and r['name'] not in al, r['name'] + ': aliases')
    for a in [r['name']] + al: names[a].add((r['name'], r['host']))
want(len({(r['name'], r['kind']) for r in zone}) == len(zone), 'zones: a (name, kind) twice')
want(all(len(v) == 1 for v in names.values()), 'a zone name or alias with two owners: %s' % [(k, v) for k, v in names.items() if len(v) > 1][:5])
late = Counter(r['kind'] for r in zone if re.search('after|2023', r['note']) and r['kind'] in ('etdz', 'hightech'))
want((zn['etdz'] - late['etdz'], zn['hightech'] - late['hightech'], zn['new_area'], zn['cluster']) == (230, 173, 19, 45), 'zone counts %s late %s' % (dict(zn), dict(late)))
readme = open(os.path.join(D, 'README.md'), encoding='utf-8').read()
for s in src: want('`%s`' % s in readme, 'source %s not in README' % s)

dial = table('dialcodes.tsv', ['code', 'name', 'dial', 'length', 'source', 'note'])
for r in dial:
    want(r['code'] in live and live[r['code']]['name'] == r['name'], r['code'] + ': dial code for what')
    want(re.fullmatch(r'0(10|2[0-57-9]|[3-9]\d\d)(;0[3-9]\d\d)*', r['dial']), r['code'] + ': dial ' + r['dial'])
    want(r['length'] in ('7', '8', '7/8'), r['code'] + ': length')
    want(not re.match('0(10|2)', r['dial']) or r['length'] == '8', r['code'] + ': two-digit code has 8 digits')
have = {r['code'] for r in dial}
want(all(r['code'] in have for r in cur if r['level'] == 'prefecture' and r['code'][:2] not in ('71', '81', '82')), 'a prefecture without a dial code')
want(len(have) == len(dial), 'dial: a code twice')

alias = table('aliases.tsv', ['alias', 'code', 'kind', 'note'])
for r in alias:
    want(r['code'] in live, r['alias'] + ': alias of no division in force')
    want(r['kind'] in ('short', 'old', 'typo', 'xpcc'), r['alias'] + ': kind')
want(len({r['alias'] for r in alias}) == len(alias), 'an alias twice')
for r in table('dialcodes_old.tsv', ['dial', 'length', 'now', 'note']):
    want(re.fullmatch(r'0[3-9]\d\d', r['dial']) and r['length'] in ('7', '8', '7/8'), r['dial'] + ': old area code')

# ambiguous names
ETH_END = '(蒙古族?|回族?|维吾尔族?|哈萨克族?|柯尔克孜族?|塔吉克族?|锡伯族?|撒拉族|东乡族|保安族|裕固族|达斡尔族|鄂温克族|鄂伦春族|土家族|布依族|仡佬族|哈尼族|傈僳族|拉祜族|纳西族|景颇族|布朗族|独龙族|毛南族|仫佬族|朝鲜族|各族|[藏苗彝壮满侗瑶白傣黎佤畲水土羌怒]族)$'

def short(n):
    m = re.sub(r'(自治区|自治州|自治县|自治旗|特别行政区|(?<=..)地区|(?<=神农架)林区|(?<=六枝)特区|盟|省|市|区|县|旗)$', '', n)
    if n != m and '自治' in n:
        t = m
        while True:
            u = re.sub(ETH_END, '', t)
            if u == t or len(u) < 2: break
            t = u
        m = t
    return m if len(m) >= 2 else n

def where(r):
    p = r['parent']; s = r['name']
    while p:
        q = next(x for x in div if x['code'] == p and x['name'])
        s = q['name'] + s; p = q['parent']
    return s

amb = []
by = defaultdict(list)
for r in cur:
    if r['level'] == 'county': by[r['name']].append(r)
exact = {k for k, v in by.items() if len(v) > 1}
for k in exact: amb.append((k, 'exact', by[k]))
allby = defaultdict(list)
for r in div:
    if r['level'] == 'county': allby[r['name']].append(r)
for k, v in allby.items():
    if len(v) > 1 and len(v) > len(by.get(k, [])): amb.append((k, 'with_history', v))
sh = defaultdict(list)
for r in cur: sh[short(r['name'])].append(r)
for k, v in sh.items():
    if len(v) > 1 and len({r['name'] for r in v}) > 1: amb.append((k, 'short', v))
amb.sort(key=lambda a: (['exact', 'with_history', 'short'].index(a[1]), -len(a[2]), a[2][0]['code']))
text = 'name\tkind\tcount\tcodes\twhere\n' + ''.join('\t'.join((k, t, str(len(v)), ','.join(r['code'] for r in v), ','.join(where(r) for r in v))) + '\n' for k, t, v in amb)
fn = os.path.join(D, 'ambiguous.tsv')
if '--write-ambiguous' in sys.argv: open(fn, 'w', encoding='utf-8', newline='\n').write(text)
want(os.path.exists(fn) and open(fn, encoding='utf-8').read() == text, 'ambiguous.tsv is not what the table gives')
print('divisions: %d in force mid-2022 %s, %d abolished 2018-2022, %d newer' % (len(cur), dict(n), len(gone), len(new)))
print('zones:', dict(zn)); print('dial codes: %d' % len(dial)); print('ambiguous:', dict(Counter(a[1] for a in amb)))
for b in bad[:40]: print('BAD', b)
print('%d passed, %d failed' % (ok, len(bad)))
sys.exit(1 if bad else 0)
