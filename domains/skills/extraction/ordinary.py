"""Words that are names of skills and ordinary words at once."""

#: Names of products and languages that mean something else in most sentences.
PRODUCTS = frozenset(
    """
    access angular backbone basecamp basic blackboard blender bootstrap box bridge canvas chef chrome cloud confluence
    dash docs dreamweaver drive edge ember envoy epic excel express fabric fiddler flash flask forms forum foundry go
    gravity helix hive illustrator impact insight jira keynote lambda lightning lighthouse looker magic maple
    maven maya messenger mimics monday motion notes notion numbers oasis office oracle outlook pages paint pandas
    patrol perl phoenix photos pilot pivot platform play prism processing project projects publisher puppet pyramid
    quest radar rational ray react reader rest ruby rust safari sage salt scala scheme scratch sheets sketch slack
    slides snap spark spring spss stata storm striker swift tableau teams tempest tempo trello triton unity vagrant
    vision visio vue wave word workspace writer zoom atlas compass vantage summit horizon matrix nexus pulse sense mosaic orbit
    """.split()
)
#: Ordinary words that a published taxonomy has as another name of something.
COMMON = frozenset(
    """
    advise application assist business care clean communicate company control counsel create data database deal
    describe design detail develop direct document drive educate email engineer environment event explain file form
    guide help improve industry information instruct internet lead learn listen maintain manage market measure meet
    message model monitor network operate order organise organize people perform plan present process produce
    product program project promote protect provide read record repair report research review sale school science
    search security sell service software speak staff standard strategy student study supervise support system talk
    task teach team technology test tool train travel treat understand university use video volunteer web website
    work write
    """.split()
)
