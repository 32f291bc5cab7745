/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: of an OFD comes the text that stands on its pages, wherever the objects lie and however their
 * places are written; pages that are pictures give the picture; and a broken one is an answer. */
#include "parsers/ofd.h"
#include "tests/unit/zipping.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
#define NS  " xmlns:ofd=\"http://www.ofdspec.org/2016\""
#define OLD " xmlns:ofd=\"http://www.ofdspec.org\""
#define ROOT              \
	XML "<ofd:OFD" NS \
	    "><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
#define AREA    "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
#define PAGE1   "<ofd:Page ID=\"1\" BaseLoc=\"Pages/Page_0/Content.xml\"/>"
#define PAGES   "<ofd:Pages>" PAGE1 "</ofd:Pages>"
#define COMMON  "<ofd:CommonData>" AREA "</ofd:CommonData>"
#define DOC(x)  XML "<ofd:Document" NS ">" x "</ofd:Document>"
#define PAGE(x) XML "<ofd:Page" NS "><ofd:Content><ofd:Layer>" x "</ofd:Layer></ofd:Content></ofd:Page>"

#define ANNOTATIONS(x) XML "<ofd:PageAnnot" NS ">" x "</ofd:PageAnnot>"
#define ANNOTATION(more, at, x) \
	"<ofd:Annot" more "><ofd:Appearance Boundary=\"" at "\">" x "</ofd:Appearance></ofd:Annot>"

/* A text at millimetres x, y, 4 mm high; a line from x, y by w, h. */
#define TX(x, y, more, s)                                                                                 \
	"<ofd:TextObject Boundary=\"" #x " " #y " 100 10\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\"" more \
	">" s "</ofd:TextCode></ofd:TextObject>"
#define LINE(x, y, w, h)                                                                             \
	"<ofd:PathObject Boundary=\"" #x " " #y " 100 100\"><ofd:AbbreviatedData>M 0 0 L " #w " " #h \
	"</ofd:AbbreviatedData></ofd:PathObject>"
#define PATH(more, data)                                                                \
	"<ofd:PathObject Boundary=\"20 50 100 100\"" more "><ofd:AbbreviatedData>" data \
	"</ofd:AbbreviatedData>"                                                        \
	"</ofd:PathObject>"

/* Two glyphs of font 3 by their numbers. */
#define GLYPHS(numbers, codes)                                                              \
	"<ofd:TextObject Boundary=\"20 20 100 10\" Size=\"4\" Font=\"3\"><ofd:CGTransform " \
	"CodePosition=\"0\" "                                                               \
	"CodeCount=\"2\" GlyphCount=\"2\"><ofd:Glyphs>" numbers                             \
	"</ofd:Glyphs></ofd:CGTransform><ofd:TextCode "                                     \
	"X=\"0\" Y=\"4\">" codes "</ofd:TextCode></ofd:TextObject>"

static const struct {
	const char *name, *page, *want;
} rows[] = {
        {"text", PAGE(TX(20, 20, "", "一二 ab")), "--- page 1 \n一二 ab"},
        {"out of order", PAGE(TX(20, 40, "", "二") TX(20, 20, "", "一")), "--- page 1 \n一\n二"},
        {"distances", PAGE(TX(20, 20, " DeltaX=\"4 4 8\"", "一二三四")), "--- page 1 \n一二三 四"},
        {"runs of distances", PAGE(TX(20, 20, " DeltaX=\"g 2 4 g 1 8\"", "一二三四")),
         "--- page 1 \n一二三 四"},
        {"distances down", PAGE(TX(20, 20, " DeltaY=\"g 2 8\"", "一二三")), "--- page 1 \n一\n二\n三"},
        {"an escape", PAGE(TX(20, 20, "", "\\4E2D\\x")), "--- page 1 \n中\\x"},
        {"two codes in one object",
         PAGE("<ofd:TextObject Boundary=\"20 20 100 10\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">一</"
              "ofd:TextCode><ofd:TextCode>二</ofd:TextCode></ofd:TextObject>"),
         "--- page 1 \n一二"},
        {"a matrix",
         PAGE(TX(20, 30, "",
                 "二") "<ofd:TextObject Boundary=\"10 10 9 9\" CTM=\"2 0 0 2 10 0\" "
                       "Size=\"2\"><ofd:TextCode X=\"0\" Y=\"5\">一</ofd:TextCode></ofd:TextObject>"),
         "--- page 1 \n一\n二"},
        {"a hidden object",
         PAGE("<ofd:TextObject Boundary=\"20 20 100 10\" Size=\"4\" Visible=\"false\"><ofd:TextCode X=\"0\" "
              "Y=\"4\">x</ofd:TextCode></ofd:TextObject>" TX(20, 40, "", "一")),
         "--- page 1 \n一"},
        {"what nobody sees",
         PAGE("<ofd:TextObject Boundary=\"20 20 100 10\" Size=\"4\" Alpha=\"0\"><ofd:TextCode X=\"0\" "
              "Y=\"4\">x</ofd:TextCode></ofd:TextObject>"
              "<ofd:TextObject Boundary=\"20 20 100 10\" Size=\"4\" Fill=\"false\"><ofd:TextCode X=\"0\" "
              "Y=\"4\">y</ofd:TextCode></ofd:TextObject>"
              "<ofd:TextObject Boundary=\"20 20 100 10\" Size=\"4\"><ofd:FillColor Value=\"0 0 0\" "
              "Alpha=\"0\"/>"
              "<ofd:TextCode X=\"0\" Y=\"4\">z</ofd:TextCode></ofd:TextObject>" TX(20, 40, "", "一")),
         "--- page 1 \n一"},
        {"what an object is cut to",
         PAGE("<ofd:TextObject Boundary=\"20 20 100 10\" Size=\"4\"><ofd:Clips><ofd:Clip><ofd:Area><ofd:Path "
              "Boundary=\"0 0 100 10\"><ofd:AbbreviatedData>M 0 0 L 100 0 L 100 10 L 0 10 "
              "C</ofd:AbbreviatedData>"
              "</ofd:Path></ofd:Area></ofd:Clip></ofd:Clips><ofd:TextCode X=\"0\" Y=\"4\">一</ofd:TextCode>"
              "</ofd:TextObject>"),
         "--- page 1 \n一"},
        {"what runs at a slant",
         PAGE(TX(20, 40, "", "一") "<ofd:TextObject Boundary=\"10 10 99 99\" CTM=\"0.9 -0.4 0.4 0.9 0 0\" "
                                   "Size=\"4\"><ofd:TextCode X=\"0\" Y=\"40\">内部资料</ofd:TextCode></"
                                   "ofd:TextObject>"),
         "--- page 1 \n一"},
        {"a table of lines",
         PAGE(LINE(20, 50, 80, 0) LINE(20, 60, 80, 0) LINE(20, 50, 0, 10) LINE(60, 50, 0, 10)
                      LINE(100, 50, 0, 10) TX(62, 53, "", "乙") TX(22, 53, "", "甲")),
         "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"a table of boxes",
         PAGE(PATH("", "M 0 0 L 40 0 L 40 10 L 0 10 C") PATH("", "S 40 0 L 80 0 L 80 10 L 40 10 L 40 0")
                      TX(62, 53, "", "乙") TX(22, 53, "", "甲")),
         "--- page 1 \ntable 1: 2x1\n[甲][乙]"},
        {"a table of filled lines",
         PAGE(PATH(" Stroke=\"false\" Fill=\"true\"",
                   "M 0 0 L 80 0 L 80 0.3 L 0 0.3 C M 0 10 L 80 10 L 80 10.3 L 0 "
                   "10.3 C M 0 0 L 0.3 0 L 0.3 10 L 0 10 C")
                      PATH(" Stroke=\"false\" Fill=\"true\"", "M 80 0 L 80.3 0 L 80.3 10 L 80 10 C")
                              TX(22, 53, "", "甲")),
         "--- page 1 \ntable 1: 1x1\n[甲]"},
        {"a path with curves, and with nonsense",
         PAGE(PATH("", "M 0 0 B 1 1 2 2 3 3 Q 1 1 2 2 A 1 1 0 0 0 5 5 L 9 9") PATH("", "M 0 x L")
                      PATH("", "Z 1") TX(22, 53, "", "甲")),
         "--- page 1 \n甲"},
        {"the old namespace",
         XML "<ofd:Page" OLD
             "><ofd:Content><ofd:Layer>" TX(20, 20, "", "一") "</ofd:Layer></ofd:Content></ofd:Page>",
         "--- page 1 \n一"},
        {"a page of its own size",
         XML "<ofd:Page" NS "><ofd:Area><ofd:PhysicalBox>10 10 100 50</ofd:PhysicalBox></ofd:Area>"
             "<ofd:Content><ofd:Layer>" TX(20, 20, "", "一")
                     TX(55, 53, "", "2") "</ofd:Layer></ofd:Content></ofd:Page>",
         "--- page 1 \n一\n^ 2"},
        {"no content", XML "<ofd:Page" NS "/>", ""},
};

static void
test_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct zip_part parts[] = {{"OFD.xml", ROOT, false, NULL},
		                           {"Doc_0/Document.xml", DOC(COMMON PAGES), false, NULL},
		                           {"Doc_0/Pages/Page_0/Content.xml", rows[i].page, false, NULL},
		                           {NULL, NULL, false, NULL}};
		struct bytes zip = zip_of(parts);
		struct source s = source_of(zip);

		assert_ptr_equal(reader_for(&s), &ofd_reader);
		expect_read(rows[i].name, &ofd_reader, &s, ERR_NONE, rows[i].want);
		free((void *)zip.at);
	}
}

static const struct {
	const char *name;
	struct zip_part parts[9];
	enum err_code want_code;
	const char *want;
} files[] = {
        {"a template under the page",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml",
           DOC("<ofd:CommonData>" AREA
               "<ofd:TemplatePage ID=\"7\" BaseLoc=\"Tpls/T.xml\"/></ofd:CommonData>" PAGES),
           false, NULL},
          {"Doc_0/Tpls/T.xml", PAGE(TX(20, 20, "", "牵头单位")), false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml",
           XML "<ofd:Page" NS "><ofd:Template TemplateID=\"7\"/><ofd:Content><ofd:Layer>" TX(
                   60, 20, "", "局") "</ofd:Layer></ofd:Content></ofd:Page>",
           false, NULL}},
         ERR_NONE,
         "--- page 1 \n牵头单位\t局"},
        {"what was put over the page",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml", DOC(COMMON PAGES "<ofd:Annotations>Annots/List.xml</ofd:Annotations>"),
           false, NULL},
          {"Doc_0/Annots/List.xml",
           XML "<ofd:Annotations" NS "><ofd:Page PageID=\"2\"><ofd:FileLoc>No.xml</ofd:FileLoc></ofd:Page>"
               "<ofd:Page PageID=\"1\"><ofd:FileLoc>Page_0/A.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>",
           false, NULL},
          {"Doc_0/Annots/No.xml", ANNOTATIONS(ANNOTATION("", "0 0 9 9", TX(20, 20, "", "x"))), false, NULL},
          {"Doc_0/Annots/Page_0/A.xml",
           ANNOTATIONS(ANNOTATION(" Type=\"Stamp\"", "50 10 100 10", TX(10, 10, "", "局"))
                               ANNOTATION(" Visible=\"false\"", "0 0 9 9", TX(40, 20, "", "x"))
                                       ANNOTATION(" Type=\"Watermark\"", "0 0 9 9", TX(40, 20, "", "x"))
                                               ANNOTATION(" Type=\"Path\"", "0 0 9 9",
                                                          LINE(20, 10, 80, 0) LINE(20, 30, 80, 0)
                                                                  LINE(20, 10, 0, 20) LINE(100, 10, 0, 20))),
           false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml", PAGE(TX(20, 20, "", "牵头单位")), false, NULL}},
         ERR_NONE,
         "--- page 1 \n牵头单位\t局"},
        {"composite objects, one in the other, of the page's own resources",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml", DOC(COMMON PAGES), false, NULL},
          {"Doc_0/Pages/Page_0/Res.xml",
           XML "<ofd:Res" NS "><ofd:CompositeGraphicUnits>"
               "<ofd:CompositeGraphicUnit ID=\"5\" Width=\"9\" Height=\"9\"><ofd:Content>" TX(
                       5, 5, "",
                       "乙") "</ofd:Content></ofd:CompositeGraphicUnit>"
                             "<ofd:CompositeGraphicUnit ID=\"6\" Width=\"9\" Height=\"9\"><ofd:Content>" TX(
                                     0, 0, "",
                                     "甲") "<ofd:CompositeObject ResourceID=\"5\" CTM=\"2 0 0 2 0 0\" "
                                           "Boundary=\"0 10 9 9\"/></ofd:Content></ofd:CompositeGraphicUnit>"
                                           "<ofd:CompositeGraphicUnit ID=\"7\" Width=\"9\" "
                                           "Height=\"9\"><ofd:Content>" TX(
                                                   0, 0, "", "x") "<ofd:CompositeObject ResourceID=\"7\"/>"
                                                                  "</ofd:Content></ofd:CompositeGraphicUnit>"
                                                                  "</ofd:CompositeGraphicUnits></ofd:Res>",
           false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml",
           XML "<ofd:Page" NS "><ofd:PageRes> Res.xml\n</ofd:PageRes><ofd:Content><ofd:Layer>"
               "<ofd:CompositeObject ResourceID=\"6\" Boundary=\"20 20 9 9\"/>"
               "<ofd:CompositeObject ResourceID=\"7\" Boundary=\"20 20 9 9\" Visible=\"false\"/>"
               "</ofd:Layer></ofd:Content></ofd:Page>",
           false, NULL}},
         ERR_NONE,
         "--- page 1 \n甲\n乙"},
        {"a composite object of itself",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml",
           DOC("<ofd:CommonData>" AREA "<ofd:PublicRes>R.xml</ofd:PublicRes></ofd:CommonData>" PAGES), false,
           NULL},
          {"Doc_0/R.xml",
           XML "<ofd:Res" NS "><ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID=\"7\">"
               "<ofd:Content><ofd:CompositeObject ResourceID=\"7\"/><ofd:CompositeObject "
               "ResourceID=\"7\"/></ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>"
               "</ofd:Res>",
           false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml",
           PAGE("<ofd:CompositeObject ResourceID=\"7\"/>" TX(20, 20, "", "一")), false, NULL}},
         ERR_NONE,
         "--- page 1 \n一"},
        {"two documents in one file",
         {{"OFD.xml",
           XML "<ofd:OFD" NS "><ofd:DocBody><ofd:DocRoot>/A/D.xml</ofd:DocRoot></ofd:DocBody>"
               "<ofd:DocBody><ofd:DocRoot>B/D.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
           false, NULL},
          {"A/D.xml", DOC("<ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages>"), false, NULL},
          {"A/P.xml", PAGE(TX(20, 20, "", "一")), false, NULL},
          {"B/D.xml", DOC("<ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"P.xml\"/></ofd:Pages>"), false, NULL},
          {"B/P.xml", PAGE(TX(20, 20, "", "二")), false, NULL}},
         ERR_NONE,
         "--- page 1 \n一\n--- page 2 \n二"},
        {"a page that is a picture",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml",
           DOC("<ofd:CommonData>" AREA
               "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>" PAGES),
           false, NULL},
          {"Doc_0/DocumentRes.xml",
           XML "<ofd:Res" NS " BaseLoc=\"Res\"><ofd:MultiMedias><ofd:MultiMedia ID=\"9\" Type=\"Image\">"
               "<ofd:MediaFile>a.jpg</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
           false, NULL},
          {"Doc_0/Res/a.jpg", "\xFF\xD8\xFF picture", false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml",
           PAGE("<ofd:ImageObject ResourceID=\"9\" Boundary=\"0 0 210 297\"/>"
                "<ofd:ImageObject ResourceID=\"9\" Boundary=\"0 0 10 10\"/>"
                "<ofd:ImageObject ResourceID=\"8\" Boundary=\"0 0 210 297\"/>"),
           false, NULL}},
         ERR_NONE,
         "--- page 1 \n(picture, 11 bytes)"},
        {"a picture by its place in the whole file",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml",
           DOC("<ofd:CommonData>" AREA
               "<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes></ofd:CommonData>" PAGES),
           false, NULL},
          {"Doc_0/DocumentRes.xml",
           XML "<ofd:Res" NS " BaseLoc=\"Res\"><ofd:MultiMedias><ofd:MultiMedia ID=\"9\" Type=\"Image\">"
               "<ofd:MediaFile>/Doc_0/Res/a.jpg</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>",
           false, NULL},
          {"Doc_0/Res/a.jpg", "\xFF\xD8\xFF picture", false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml",
           PAGE("<ofd:ImageObject ResourceID=\"9\" Boundary=\"0 0 210 297\"/>"), false, NULL}},
         ERR_NONE,
         "--- page 1 \n(picture, 11 bytes)"},
        {"glyphs without codes",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml", DOC(COMMON PAGES), false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml", PAGE(TX(20, 20, "", "\xEE\x80\x81\xEE\x80\x82")), false, NULL}},
         ERR_UNSUPPORTED,
         ""},
        {"glyphs of a font that is no font",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml",
           DOC("<ofd:CommonData>" AREA "<ofd:PublicRes>R.xml</ofd:PublicRes></ofd:CommonData>" PAGES), false,
           NULL},
          {"Doc_0/R.xml",
           XML "<ofd:Res" NS "><ofd:Fonts><ofd:Font ID=\"3\"><ofd:FontFile>f.ttf</ofd:FontFile></ofd:Font>"
               "</ofd:Fonts></ofd:Res>",
           false, NULL},
          {"Doc_0/f.ttf", "no font", false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml", PAGE(GLYPHS("1 2", "¤¤")), false, NULL}},
         ERR_UNSUPPORTED,
         ""},
        {"glyphs of no font",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml", DOC(COMMON PAGES), false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml", PAGE(GLYPHS("1 2", "")), false, NULL}},
         ERR_UNSUPPORTED,
         ""},
        {"files put into it",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml", DOC(COMMON PAGES "<ofd:Attachments>Attachs/List.xml</ofd:Attachments>"),
           false, NULL},
          {"Doc_0/Attachs/List.xml",
           XML
           "<ofd:Attachments" NS "><ofd:Attachment ID=\"1\"><ofd:FileLoc>a.txt</ofd:FileLoc></ofd:Attachment>"
           "<ofd:Attachment ID=\"2\"><ofd:FileLoc>gone.txt</ofd:FileLoc></ofd:Attachment></ofd:Attachments>",
           false, NULL},
          {"Doc_0/Attachs/a.txt", "text", false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml", PAGE(TX(20, 20, "", "一")), false, NULL}},
         ERR_NONE,
         "--- page 1 \n一\n(file a.txt, 4 bytes)\n(file gone.txt: damaged)"},
        {"locked",
         {{"OFD.xml", ROOT, false, NULL},
          {"Encryptions.xml", XML "<Encryptions/>", false, NULL},
          {"Doc_0/Document.xml", "\x8F\x01\x02", false, NULL}},
         ERR_ENCRYPTED,
         ""},
        {"locked, and all of it",
         {{"Encryptions.xml", XML "<Encryptions/>", false, NULL}, {"a.dat", "\x8F", false, NULL}},
         ERR_ENCRYPTED,
         ""},
        {"no document", {{"OFD.xml", XML "<ofd:OFD" NS "/>", false, NULL}}, ERR_DAMAGED, ""},
        {"a page that is missing, and one that is not",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml",
           DOC("<ofd:Pages><ofd:Page ID=\"1\" BaseLoc=\"no.xml\"/><ofd:Page ID=\"2\" "
               "BaseLoc=\"P.xml\"/></ofd:Pages>"),
           false, NULL},
          {"Doc_0/P.xml", PAGE(TX(20, 20, "", "一")), false, NULL}},
         ERR_DAMAGED,
         "--- page 2 \n一"},
        {"a locked page",
         {{"OFD.xml", ROOT, false, NULL},
          {"Doc_0/Document.xml", DOC(COMMON PAGES), false, NULL},
          {"Doc_0/Pages/Page_0/Content.xml", PAGE(""), false, "secret"}},
         ERR_ENCRYPTED,
         ""},
};

static void
test_files(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct bytes zip = zip_of(files[i].parts);
		struct source s = source_of(zip);

		expect_read(files[i].name, &ofd_reader, &s, files[i].want_code, files[i].want);
		free((void *)zip.at);
	}
}

static void
test_damage(void **state)
{
	struct zip_part parts[] = {
	        {"OFD.xml", ROOT, true, NULL},
	        {"Doc_0/Document.xml", DOC(COMMON PAGES), true, NULL},
	        {"Doc_0/Pages/Page_0/Content.xml",
	         PAGE(LINE(20, 50, 80, 0) LINE(20, 60, 80, 0) LINE(20, 50, 0, 10) LINE(60, 50, 0, 10) LINE(
	                 100, 50, 0, 10) TX(62, 53, " DeltaX=\"g 2 4\"", "乙二\\4E2D") TX(22, 53, "", "甲")),
	         true, NULL},
	        {NULL, NULL, false, NULL}};
	struct bytes zip = zip_of(parts);

	(void)state;
	expect_survives(&ofd_reader, zip, 7, 1500);
	free((void *)zip.at);
}

/* The first files of annotations over a page are looked at, the others left out. */
static void
test_annotations_ceiling(void **state)
{
	struct buf list = BUF_INIT(1 << 16), over[OFD_ANNOTATIONS_MAX + 1], names[OFD_ANNOTATIONS_MAX + 1],
	           want = BUF_INIT(1 << 16);
	struct zip_part parts[OFD_ANNOTATIONS_MAX + 6] = {
	        {.name = "OFD.xml", .text = ROOT},
	        {.name = "Doc_0/Document.xml",
	         .text = DOC(COMMON PAGES "<ofd:Annotations>List.xml</ofd:Annotations>")},
	        {.name = "Doc_0/Pages/Page_0/Content.xml", .text = PAGE(TX(20, 40, "", "0"))},
	        {.name = "Doc_0/List.xml"},
	};
	struct bytes b;
	struct source s;

	(void)state;
	buf_str(&want, "--- page 1 \n0");
	buf_str(&list, XML "<ofd:Annotations" NS "><ofd:Page PageID=\"1\">");
	for (int i = 0; i <= OFD_ANNOTATIONS_MAX; i++) {
		names[i] = over[i] = (struct buf)BUF_INIT(1 << 12);
		buf_fmt(&list, "<ofd:FileLoc>%d.xml</ofd:FileLoc>", i);
		buf_fmt(&names[i], "Doc_0/%d.xml", i);
		buf_str(&over[i],
		        XML "<ofd:PageAnnot" NS "><ofd:Annot><ofd:Appearance Boundary=\"0 0 9 9\">");
		buf_fmt(&over[i],
		        "<ofd:TextObject Boundary=\"20 %d 100 10\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">"
		        "%d</ofd:TextCode></ofd:TextObject>",
		        50 + 10 * i, i + 1);
		buf_str(&over[i], "</ofd:Appearance></ofd:Annot></ofd:PageAnnot>");
		parts[4 + i] = (struct zip_part){.name = names[i].at, .text = over[i].at};
		if (i < OFD_ANNOTATIONS_MAX)
			buf_fmt(&want, "\n%d", i + 1);
	}
	buf_str(&list, "</ofd:Page></ofd:Annotations>");
	parts[3].text = list.at;
	b = zip_of(parts);
	s = source_of(b);
	expect_read("annotations", &ofd_reader, &s, ERR_NONE, want.at);
	free((void *)(uintptr_t)b.at);
	for (int i = 0; i <= OFD_ANNOTATIONS_MAX; i++) {
		buf_free(&names[i]);
		buf_free(&over[i]);
	}
	buf_free(&list);
	buf_free(&want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_pages),
	        cmocka_unit_test(test_files),
	        cmocka_unit_test(test_damage),
	        cmocka_unit_test(test_annotations_ceiling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
