# SPDX-License-Identifier: GPL-3.0-or-later
# Makes C of the tables in parsers/data/ (see README.md there):
#   LC_ALL=C awk -f region_data.awk divisions.tsv aliases.tsv zones.tsv dialcodes.tsv dialcodes_old.tsv
# LC_ALL=C makes strings bytes in every awk: a Chinese character counts 3.

BEGIN {
	FS = "\t"
	peoples = "(蒙古(族)?|回(族)?|维吾尔(族)?|哈萨克(族)?|柯尔克孜(族)?|塔吉克(族)?|锡伯(族)?|撒拉族|东乡族|保安族" \
		"|裕固族|达斡尔族|鄂温克族|鄂伦春族|土家族|布依族|仡佬族|哈尼族|傈僳族|拉祜族|纳西族|景颇族|布朗族" \
		"|独龙族|毛南族|仫佬族|朝鲜族|各族" \
		"|(藏|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒)族)$"
	split("etdz hightech new_area bonded free_trade other_national", w, " ")
	for (i in w)
		rank[w[i]] = 0
	rank["cluster"] = rank["innovation_cluster"] = 1
	rank["provincial"] = 2
	rank["local"] = 3
}

FNR == 1 { file = FILENAME; sub(/.*\//, "", file); next }
file == "divisions.tsv" { division(); next }
file == "aliases.tsv" { alias(); next }
file == "zones.tsv" { zone(); next }
file == "dialcodes.tsv" { dialcode(); next }
file == "dialcodes_old.tsv" { add_dial($1, -1, $2); next }

function flag(f, v) { if (("," $5 ",") ~ ("," f "(=[^,]*)?,")) flags += v }

function division(   row, n, parts, i)
{
	row = rows++
	row_name[row] = $2
	row_code[row] = $1
	row_level[row] = $3 == "province" ? 0 : $3 == "prefecture" ? 1 : 2
	row_parent[row] = $4
	flags = 0
	flag("(sub_provincial|capital)", 1)
	if ($5 ~ /sub_provincial.*capital|capital.*sub_provincial/)
		flags = 1
	flag("municipality", 2)
	flag("no_county", 4)
	flag("abolished_since_20[0-9][0-9]", 8)
	flag("since_20[0-9][0-9]", 16)
	flag("xpcc", 32)
	row_flags[row] = flags
	if (flags < 8 || flags >= 32 && flags < 40)
		in_force[$1] = row
	else if (!($1 in in_force) && !($1 in not_in_force))
		not_in_force[$1] = row
	n = split($5, parts, ",")
	for (i = 1; i <= n; i++) {
		if (parts[i] ~ /^abolished_since_/) {
			sub(/.*=/, "", parts[i])
			row_next[row] = parts[i]
		} else if (parts[i] ~ /^until_/) {
			sub(/.*=/, "", parts[i])
			predecessor[parts[i]] = (parts[i] in predecessor) ? "several" : $1
		}
	}
	# 两江新区, a district from 2025, was a zone in 2022 and stands among those.
	if (flags < 16 || $2 !~ /新区$/)
		division_names(row, $2)
}

# The ways to shorten a name (names.md, "Shortening"). Two characters must remain.
function division_names(row, name,   stem, suffix, t)
{
	add_name(name, row, 0)
	stem = name
	sub(/(自治区|自治州|自治县|自治旗|特别行政区|地区|盟|省|市|区|县|旗)$/, "", stem)
	if (name ~ /^神农架|^六枝/)
		sub(/(林|特)$/, "", stem)
	if (name ~ /自治/) {
		suffix = name ~ /州$/ ? "州" : name ~ /县$/ ? "县" : name ~ /旗$/ ? "旗" : ""
		while (1) {
			t = stem
			sub(peoples, "", t)
			if (t == stem || length(t) < 6)
				break
			stem = t
			add_name(stem "自治" (suffix == "" ? "区" : suffix), row, 1)
			if (suffix != "")
				add_name(stem suffix, row, 1)
		}
		if (stem != name && suffix != "")
			add_name(stem suffix, row, 1)
	}
	# 管城回族区 is called 管城区
	if (name ~ /族区$/) {
		t = stem
		sub(peoples, "", t)
		add_name(t, row, 1)
		add_name(t "区", row, 1)
	}
	if (length(stem) >= 6 && stem != name) {
		add_name(stem, row, 1)
		row_short[row] = stem
	}
}

function alias(   row)
{
	if (!($2 in in_force))
		fail("no division in force for " $1)
	row = in_force[$2]
	add_name($1, row, $3 == "short" ? 1 : $3 == "old" ? 2 : $3 == "typo" ? 3 : $3 == "xpcc" ? 4 : fail("kind " $3))
}

function add_name(text, row, kind)
{
	if ((text, row) in name_seen)
		return
	name_seen[text, row] = 1
	if (length(text) > longest)
		longest = length(text)
	name_key[names++] = text SUBSEP kind SUBSEP sprintf("%05d", row)
}

function zone(   z, n, i, a)
{
	if (!($2 in rank))
		fail("kind of zone " $2)
	z = zones++
	zone_text[z] = $1
	zone_rank[z] = rank[$2]
	if ($3 != "" && !($3 in in_force))
		fail("host of " $1)
	zone_host[z] = $3 == "" ? -1 : in_force[$3]
	add_zone_name($1, z)
	n = split($4, a, ",")
	for (i = 1; i <= n; i++)
		add_zone_name(a[i], z)
}

function add_zone_name(text, z)
{
	gsub(/（|）|\(|\)|、/, "", text)
	text = tolower(text)
	if (text in zone_name_seen)
		return
	zone_name_seen[text] = 1
	zone_key[zone_names++] = text SUBSEP 0 SUBSEP sprintf("%05d", z)
}

function dialcode(   n, i, d)
{
	if (!($1 in in_force))
		fail("area code of " $2)
	n = split($3, d, ";")
	for (i = 1; i <= n; i++)
		add_dial(d[i], in_force[$1], $4)
}

function add_dial(dial, row, digits)
{
	sub(/^0/, "", dial)
	dial_key[dials++] = sprintf("%04d", dial) SUBSEP sprintf("%05d", row + 1) SUBSEP (digits == "7/8" ? 0 : digits)
}

function fail(why)
{
	print FILENAME ":" FNR ": " why > "/dev/stderr"
	failed = 1
	exit 1
}

# Offset of s in the pool; each string stands there once.
function pool(s)
{
	if (!(s in pooled)) {
		pooled[s] = pool_len
		pool_text[pool_count++] = s
		pool_len += length(s) + 1
	}
	return pooled[s]
}

# Heap sort: awk has none, and sort(1) would need a file for each table.
function sort(a, n,   i, t)
{
	for (i = int(n / 2) - 1; i >= 0; i--)
		sift(a, i, n)
	for (i = n - 1; i > 0; i--) {
		t = a[0]; a[0] = a[i]; a[i] = t
		sift(a, 0, i)
	}
}

function sift(a, i, n,   c, t)
{
	while ((c = 2 * i + 1) < n) {
		if (c + 1 < n && a[c + 1] "" > a[c] "")
			c++
		if (a[i] "" >= a[c] "")
			return
		t = a[i]; a[i] = a[c]; a[c] = t
		i = c
	}
}

function print_names(what, a, n,   i, f)
{
	sort(a, n)
	printf "const struct region_name_data region_data_%ss[] = {\n", what
	for (i = 0; i < n; i++) {
		split(a[i], f, SUBSEP)
		printf "{%d, %d, %d},\n", pool(f[1]), f[3], f[2]
	}
	printf "};\nconst size_t region_data_%s_count = %d;\n", what, n
}

function print_rows(   i, c, n, next_count, f, j, list)
{
	list = ""
	printf "const struct region_row_data region_data_rows[] = {\n"
	for (i = 0; i < rows; i++) {
		c = row_parent[i]
		if (row_flags[i] >= 16 && row_flags[i] < 32 || row_flags[i] >= 48)
			row_next[i] = predecessor[row_code[i]] ~ /^[0-9]+$/ ? predecessor[row_code[i]] : c
		n = split(row_next[i], f, ";")
		printf "{%d, %d, %d, %d, %d, %d, %d, %d},\n", pool(row_name[i]),
			pool((i in row_short) ? row_short[i] : row_name[i]), row_code[i],
			c == "" ? -1 : (c in in_force) ? in_force[c] : not_in_force[c],
			row_flags[i], next_count, n, row_level[i]
		for (j = 1; j <= n; j++)
			list = list in_force[f[j]] ", "
		next_count += n
	}
	printf "};\nconst size_t region_data_row_count = %d;\n", rows
	printf "const int16_t region_data_next[] = {%s-1};\n", list
}

END {
	if (failed)
		exit 1
	print "/* Made by parsers/region_data.awk of parsers/data/. */"
	print "#include \"parsers/region_data.h\""
	print_rows()
	print_names("name", name_key, names)
	printf "const size_t region_data_name_longest = %d;\n", longest
	print_names("zone_name", zone_key, zone_names)
	print "const struct region_zone_data region_data_zones[] = {"
	for (i = 0; i < zones; i++)
		printf "{%d, %d, %d},\n", pool(zone_text[i]), zone_host[i], zone_rank[i]
	print "};"
	sort(dial_key, dials)
	print "const struct region_dial_data region_data_dials[] = {"
	for (i = 0; i < dials; i++) {
		split(dial_key[i], f, SUBSEP)
		printf "{%d, %d, %d},\n", f[1], f[2] - 1, f[3]
	}
	printf "};\nconst size_t region_data_dial_count = %d;\n", dials
	print "const char region_data_text[] ="
	for (i = 0; i < pool_count; i++)
		printf "\"%s\\0\"\n", pool_text[i]
	print ";"
}
