"""Closed word classes around place names that all languages share: what a place is called, titles, months, who speaks.

All words are in folded form (`places_tokens.fold_word`): lower case, no accents, Arabic letter variants united.
Languages: English, Dutch, French, Spanish, German, Portuguese and Arabic, with common administrative terms of others.
Prepositions, verbs of leaving and arriving and the words of further languages: places_words.toml.
"""

from ingest.text.places_vocabulary import listed


def words_of(text: str) -> frozenset[str]:
    """The words of a text as a set."""
    return frozenset(text.split())


REGION_WORDS = listed("region") | words_of(
    """province provinces provincie provincies provincia provincias provinz region regions regio regiones regionen
    governorate governorates gouvernoraat gouvernorat gouvernorats gobernacion gobernaciones gouvernement state
    states staat staten etat etats estado estados wilaya wilayat wilayas wilayah vilayet viloyati oblast oblasts
    krai departement departements departamento departamentos department departments prefecture prefectures
    division divisions county counties muhafazah gov محافظه ولايه ولايت استان مقاطعه اقليم محافظات ولايات region"""
)
DISTRICT_WORDS = listed("district") | words_of(
    """district districts distrito distritos distrikt lga lgas commune communes comuna comunas municipality
    municipalities municipalite municipio municipios gemeente woreda woredas kebele upazila upazilas upazilla
    tehsil taluka thana union raion rayon zone zones territory territories territoire territoires ward wards payam
    payams boma bomas cercle cercles arrondissement arrondissements canton cantons subdistrict subdistricts sub
    prefecture locality localities localite localites parish chiefdom borough mouhafaza قضاء ناحيه مديريه ولسوالي
    شهرستان منطقه حي kecamatan kaza ilce"""
)
PLACE_WORDS = listed("place") | words_of(
    """city cities town towns village villages stad steden dorp dorpen ville villes village ciudad ciudades pueblo
    aldea stadt dorf camp camps kamp kampen campo settlement settlements site sites neighbourhood neighborhood
    neighbourhoods neighborhoods wijk quartier suburb hamlet area areas gebied zona locality municipality مدينه
    قريه بلده مخيم بلديه شهر"""
)
#: Parts of a town, named without it when the town stands before.
QUARTER_WORDS = words_of(
    """neighbourhood neighborhood neighbourhoods neighborhoods quarter quarters wijk wijken quartier quartiers barrio
    barrios colonia colonias urbanizacion stadtteil mahalle mahalla حي احياء"""
)
FACILITY_WORDS = words_of(
    """airport airfield airbase base barracks prison hospital checkpoint crossing border bridge dam refinery port
    harbour harbor university college school church mosque cathedral stadium park square street road avenue
    boulevard highway lane drive bridge station terminal hotel tower palace castle court courthouse clinic centre
    center plaza mall market cemetery museum library luchthaven vliegveld gevangenis ziekenhuis grens weg straat
    aeroport hopital prison route rue aeropuerto carcel hospital calle مطار سجن مستشفي معبر جامعه شارع"""
)
NATURE_WORDS = words_of(
    """river rivers lake lakes mount mountain mountains valley desert island islands sea gulf bay strait ocean
    peninsula basin delta plateau hills hill forest creek canal coast cape wadi jebel jabal rivier meer berg
    gebergte vallei woestijn eiland eilanden zee fleuve riviere lac mont monts vallee desert ile iles mer rio lago
    monte valle isla islas mar نهر جبل وادي بحيره بحر جزيره"""
)
EMBASSY_WORDS = listed("embassy")
#: Who lives somewhere: "inwoners van Goma", "habitants de Gao".
INHABITANTS = listed("inhabitants")
#: Words that may stand before a name and belong to it ("city of Beira", "Lake Assad").
DESIGNATORS = REGION_WORDS | DISTRICT_WORDS | PLACE_WORDS | FACILITY_WORDS | NATURE_WORDS
DIRECTIONS = words_of(
    """north south east west northern southern eastern western northeast northwest southeast southwest northeastern
    northwestern southeastern southwestern central upper lower greater inner outer rural coastal far noord zuid
    oost noordelijk noordelijke zuidelijk zuidelijke oostelijk oostelijke westelijk westelijke noordoost noordwest
    zuidoost zuidwest noorden zuiden oosten westen centraal midden nord sud ouest norte oeste nordlich sudlich
    ostlich westlich"""
)
PERSON_TITLES = words_of(
    """mr mrs ms miss dr prof professor sir lady lord president minister premier chancellor senator sen rep governor
    gov mayor judge justice captain capt sergeant sgt lieutenant lt colonel col general gen major maj officer
    chief king queen prince princess pope imam sheikh ayatollah mullah father sister brother saint commissioner
    secretary spokesman spokeswoman spokesperson director chairman attorney coach detective constable inspector
    editor author actor actress singer meneer mevrouw dhr mevr burgemeester monsieur madame mme senor senora don
    dona herr frau السيد الشيخ الرييس الوزير العميد اللواء"""
)
PERSON_VERBS = words_of(
    """said says told tells added adds explained wrote writes asked thinks believes died married recalled argued
    noted insisted replied joked tweeted testified zei zegt vertelde dit declare disait dijo sagte"""
)
ARTICLES = words_of("the de het le la les l el los las al der die das il o a os as da do das dos")
#: Words allowed inside a name between two capitalised words ("Pul-e-Khumri", "Deir ez-Zor", "Rio de Janeiro").
LINK_WORDS = words_of(
    """of de la le les du au aux des del der den el al ad an ar as ash at az e i o a ez es sur sous en y d l da do
    dos das di ibn bin bani beni wa ul ush ut"""
)
SENTENCE_STARTERS = words_of(
    """the a an this that these those it he she they we i you there here in on at by for from with as but and or if
    when while after before since during although however meanwhile also according many most some more all each
    every no not what who how why where which both such other another its his her their our your my one two three
    four five six seven eight nine ten first last new de het een dit dat deze die er zij hij wij na voor in op bij
    volgens ook maar en le la les un une des ce cette ces il elle ils nous selon apres avant pendant mais et el
    los las una este esta estos segun pero y der das ein eine"""
)
MONTHS_DAYS = words_of(
    """january february march april may june july august september october november december jan feb mar apr jun jul
    aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday januari februari maart mei
    juni juli augustus oktober janvier fevrier mars avril mai juin juillet aout septembre octobre novembre
    decembre lundi mardi mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto
    septiembre octubre noviembre diciembre lunes martes miercoles jueves viernes sabado domingo maandag dinsdag
    woensdag donderdag vrijdag zaterdag zondag"""
)
#: Armed groups: a capitalised name with one of these words is no place, whatever stands around it.
GROUPS = words_of(
    """shabab shabaab shebab qaeda qaida qaidah taliban hamas hezbollah hizbollah hizbullah boko haram isis isil iswap
    daesh nusra jnim fano janjaweed houthi houthis wagner mujahideen fulani"""
)
#: Right before a storm's own name: "Cyclone Sagar" is not the town in India.
STORMS = words_of(
    "cyclone typhoon hurricane storm cycloon tyfoon orkaan storm typhon ouragan tempete ciclon tifon huracan"
)
