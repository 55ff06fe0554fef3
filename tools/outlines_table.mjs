// SPDX-License-Identifier: EUPL-1.2
//
// Which parts of the first level of administration, as Natural Earth names them, make up which region of
// NUTS 2 (tools/outlines.mjs). Names are its own, mistakes and all. "*" is every other part of a country.

const parts = {
  AUT: 'AT11 Burgenland; AT12 Niederösterreich; AT13 Wien; AT21 Kärnten; AT22 Steiermark; ' +
    'AT31 Oberösterreich; AT32 Salzburg; AT33 Tirol; AT34 Vorarlberg',
  BEL: 'BE10 Brussels; BE21 Antwerp; BE22 Limburg; BE23 East Flanders; BE24 Flemish Brabant; ' +
    'BE25 West Flanders; BE31 Walloon Brabant; BE32 Hainaut; BE33 Liege; BE34 Luxembourg; BE35 Namur',
  BGR: 'BG31 Vidin, Montana, Vratsa, Pleven, Lovech; BG32 Veliko Tarnovo, Gabrovo, Ruse, Razgrad, Silistra; ' +
    'BG33 Varna, Dobrich, Shumen, Targovishte; BG34 Burgas, Sliven, Yambol, Stara Zagora; ' +
    'BG41 Grad Sofiya, Sofia, Blagoevgrad, Pernik, Kyustendil; ' +
    'BG42 Plovdiv, Haskovo, Pazardzhik, Smolyan, Kardzhali',
  CYP: 'CY00 *',
  // The north of Cyprus belongs to the Union as well, whoever governs there.
  CYN: 'CY00 *',
  CZE: 'CZ01 Prague; CZ02 Středočeský; CZ03 Jihočeský, Plzeňský; CZ04 Karlovarský, Ústecký; ' +
    'CZ05 Liberecký, Královéhradecký, Pardubický; CZ06 Vysočina, Jihomoravský; CZ07 Olomoucký, Zlínský; ' +
    'CZ08 Moravskoslezský',
  DEU: 'DE1 Baden-Württemberg; DE2 Bayern; DE30 Berlin; DE40 Brandenburg; DE50 Bremen; DE60 Hamburg; ' +
    'DE7 Hessen; DE80 Mecklenburg-Vorpommern; DE9 Niedersachsen; DEA Nordrhein-Westfalen; ' +
    'DEB Rheinland-Pfalz; DEC0 Saarland; DED Sachsen; DEE0 Sachsen-Anhalt; DEF0 Schleswig-Holstein; ' +
    'DEG0 Thüringen',
  DNK: 'DK01 Hovedstaden; DK02 Sjaælland; DK03 Syddanmark; DK04 Midtjylland; DK05 Nordjylland',
  EST: 'EE00 *',
  GRC: 'EL30 Attiki; EL41 Voreio Aigaio; EL42 Notio Aigaio; EL43 Kriti; ' +
    'EL51 Anatoliki Makedonia kai Thraki; EL52 Kentriki Makedonia, Ayion Oros; EL53 Dytiki Makedonia; ' +
    'EL54 Ipeiros; EL61 Thessalia; EL62 Ionioi Nisoi; EL63 Dytiki Ellada; EL64 Stereá Elláda; ' +
    'EL65 Peloponnisos',
  ESP: 'ES11 La Coruña, Lugo, Orense, Pontevedra; ES12 Asturias; ES13 Cantabria; ' +
    'ES21 Álava, Bizkaia, Gipuzkoa; ES22 Navarra; ES23 La Rioja; ES24 Huesca, Teruel, Zaragoza; ES30 Madrid; ' +
    'ES41 Burgos, León, Palencia, Salamanca, Segovia, Soria, Valladolid, Zamora, Ávila; ' +
    'ES42 Albacete, Ciudad Real, Cuenca, Guadalajara, Toledo; ES43 Badajoz, Cáceres; ' +
    'ES51 Barcelona, Gerona, Lérida, Tarragona; ES52 Alicante, Castellón, Valencia; ES53 Baleares; ' +
    'ES61 Almería, Cádiz, Córdoba, Granada, Huelva, Jaén, Málaga, Sevilla; ES62 Murcia; ES63 Ceuta; ' +
    'ES64 Melilla; ES70 Las Palmas, Santa Cruz de Tenerife',
  FIN: 'FI19 Satakunta, Pirkanmaa, Central Finland, Southern Ostrobothnia, Ostrobothnia; FI1B Uusimaa; ' +
    'FI1C Finland Proper, Tavastia Proper, Päijät-Häme, Kymenlaakso, South Karelia; ' +
    'FI1D Southern Savonia, Northern Savonia, North Karelia, Kainuu, Central Ostrobothnia, ' +
    'Northern Ostrobothnia, Lapland',
  ALD: 'FI20 *',
  FRA: "FR10 Essonne, Hauts-de-Seine, Paris, Seien-et-Marne, Seine-Saint-Denis, Val-d'Oise, Val-de-Marne, " +
    'Yvelines; FRB0 Cher, Eure-et-Loir, Indre, Indre-et-Loire, Loir-et-Cher, Loiret; ' +
    "FRC1 Côte-d'Or, Nièvre, Saône-et-Loire, Yonne; " +
    'FRC2 Doubs, Haute-Saône, Jura, Territoire de Belfort; FRD1 Calvados, Manche, Orne; ' +
    'FRD2 Eure, Seine-Maritime; FRE1 Nord, Pas-de-Calais; FRE2 Aisne, Oise, Somme; ' +
    'FRF1 Bas-Rhin, Haute-Rhin; FRF2 Ardennes, Aube, Haute-Marne, Marne; ' +
    'FRF3 Meurthe-et-Moselle, Meuse, Moselle, Vosges; ' +
    'FRG0 Loire-Atlantique, Maine-et-Loire, Mayenne, Sarthe, Vendée; ' +
    "FRH0 Côtes-d'Armor, Finistère, Ille-et-Vilaine, Morbihan; " +
    'FRI1 Dordogne, Gironde, Landes, Lot-et-Garonne, Pyrénées-Atlantiques; ' +
    'FRI2 Corrèze, Creuse, Haute-Vienne; FRI3 Charente, Charente-Maritime, Deux-Sèvres, Vienne; ' +
    'FRJ1 Aude, Gard, Hérault, Lozère, Pyrénées-Orientales; ' +
    'FRJ2 Ariège, Aveyron, Gers, Haute-Garonne, Hautes-Pyrénées, Lot, Tarn, Tarn-et-Garonne; ' +
    'FRK1 Allier, Cantal, Haute-Loire, Puy-de-Dôme; ' +
    'FRK2 Ain, Ardèche, Drôme, Haute-Savoie, Isère, Loire, Rhône, Savoie; ' +
    'FRL0 Alpes-Maritimes, Alpes-de-Haute-Provence, Bouches-du-Rhône, Hautes-Alpes, Var, Vaucluse; ' +
    'FRM0 Corse-du-Sud, Haute-Corse; FRY1 Guadeloupe; FRY2 Martinique; FRY3 Guyane française; ' +
    'FRY4 La Réunion; FRY5 Mayotte',
  HRV: 'HR02 Bjelovarsko-bilogorska, Brodsko-Posavska, Karlovacka, Osjecko-Baranjska, Sisacko-Moslavacka, ' +
    'Viroviticko-Podravska, Vukovarsko-Srijemska; ' +
    'HR03 Dubrovacko-Neretvanska, Istarska, Licko-Senjska, Primorsko-Goranska, Šibensko-Kninska, ' +
    'Splitsko-Dalmatinska, Zadarska; HR05 Grad Zagreb; ' +
    'HR06 Koprivničko-Križevačka, Medimurska, Varaždinska, Zagrebacka, Krapinsko-Zagorska',
  HUN: 'HU11 Budapest; HU12 Pest, Érd; ' +
    'HU21 Fejér, Komárom-Esztergom, Veszprém, Dunaújváros, Székesfehérvár, Tatabánya; ' +
    'HU22 Gyor-Moson-Sopron, Vas, Zala, Gyôr, Sopron, Szombathely, Zalaegerszeg, Nagykanizsa; ' +
    'HU23 Baranya, Somogy, Tolna, Pécs, Kaposvár, Szekszárd; ' +
    'HU31 Borsod-Abaúj-Zemplén, Heves, Nógrád, Miskolc, Eger, Salgótarján; ' +
    'HU32 Hajdú-Bihar, Jász-Nagykun-Szolnok, Szabolcs-Szatmár-Bereg, Debrecen, Szolnok, Nyíregyháza; ' +
    'HU33 Bács-Kiskun, Békés, Csongrád, Szeged, Kecskemét, Békéscsaba, Hódmezôvásárhely',
  IRL: 'IE04 Cavan, Donegal, Leitrim, Monaghan, Sligo, Galway, Mayo, Roscommon; ' +
    'IE05 Clare, Limerick, North Tipperary, South Tipperary, Waterford, Cork, Kerry, Carlow, Kilkenny, ' +
    'Wexford; IE06 Dublin, Dún Laoghaire–Rathdown, Fingal, South Dublin, Kildare, Meath, Wicklow, Louth, ' +
    'Laoighis, Longford, Offaly, Westmeath',
  ITA: 'ITC1 Alessandria, Asti, Biella, Cuneo, Novara, Turin, Verbano-Cusio-Ossola, Vercelli; ITC2 Aoste; ' +
    'ITC3 Genova, Imperia, La Spezia, Savona; ' +
    'ITC4 Bergamo, Brescia, Como, Cremona, Lecco, Lodi, Mantova, Milano, Monza e Brianza, Pavia, Sondrio, ' +
    "Varese; ITF1 Chieti, L'Aquila, Pescara, Teramo; ITF2 Campobasso, Isernia; " +
    'ITF3 Avellino, Benevento, Caserta, Napoli, Salerno; ' +
    'ITF4 Bari, Barletta-Andria Trani, Brindisi, Foggia, Lecce, Taranto; ITF5 Matera, Potenza; ' +
    'ITF6 Catanzaro, Cosenza, Crotene, Reggio Calabria, Vibo Valentia; ' +
    'ITG1 Agrigento, Caltanissetta, Catania, Enna, Messina, Palermo, Ragusa, Siracusa, Trapani; ' +
    'ITG2 Cagliari, Carbonia-Iglesias, Medio Campidano, Nuoro, Ogliastra, Olbia-Tempio, Oristrano, Sassari; ' +
    'ITH1 Bozen; ITH2 Trento; ITH3 Belluno, Padova, Rovigo, Treviso, Venezia, Verona, Vicenza; ' +
    'ITH4 Gorizia, Pordenone, Trieste, Udine; ' +
    'ITH5 Bologna, Ferrara, Forlì-Cesena, Modena, Parma, Piacenza, Ravenna, Reggio Emilia, Rimini; ' +
    'ITI1 Arezzo, Firenze, Grosseto, Livorno, Lucca, Massa-Carrara, Pisa, Pistoia, Prato, Siena; ' +
    'ITI2 Perugia, Terni; ITI3 Ancona, Ascoli Piceno, Fermo, Macerata, Pesaro e Urbino; ' +
    'ITI4 Frosinone, Latina, Rieti, Roma, Viterbo',
  LTU: 'LT01 Vilniaus; LT02 *',
  LUX: 'LU00 *',
  LVA: 'LV00 *',
  MLT: 'MT00 *',
  NLD: 'NL11 Groningen; NL12 Friesland; NL13 Drenthe; NL21 Overijssel; NL22 Gelderland; NL23 Flevoland; ' +
    'NL31 Utrecht; NL32 Noord-Holland; NL33 Zuid-Holland; NL34 Zeeland; NL41 Noord-Brabant; NL42 Limburg; ' +
    'none Bonaire, Saba, St. Eustatius',
  POL: 'PL21 Lesser Poland; PL22 Silesian; PL41 Greater Poland; PL42 West Pomeranian; PL43 Lubusz; ' +
    'PL51 Lower Silesian; PL52 Opole; PL61 Kuyavian-Pomeranian; PL62 Warmian-Masurian; PL63 Pomeranian; ' +
    'PL71 Łódź; PL72 Świętokrzyskie; PL81 Lublin; PL82 Subcarpathian; PL84 Podlachian; PL9 Masovian',
  PRT: 'PT11 Braga, Bragança, Porto, Viana do Castelo, Vila Real; PT15 Faro; ' +
    'PT16 Castelo Branco, Coimbra, Leiria; PT18 Beja, Portalegre, Évora; PT-02 Aveiro; PT-11 Guarda; ' +
    'PT-14 Lisboa; PT-18 Santarém; PT-19 Setúbal; PT-22 Viseu; PT20 Azores; PT30 Madeira',
  ROU: 'RO11 Bihor, Bistrita-Nasaud, Cluj, Maramures, Satu Mare, Salaj; ' +
    'RO12 Alba, Brasov, Covasna, Harghita, Mures, Sibiu; ' +
    'RO21 Bacau, Botosani, Iasi, Neamt, Suceava, Vaslui; ' +
    'RO22 Braila, Buzau, Constanta, Galati, Tulcea, Vrancea; ' +
    'RO31 Arges, Calarasi, Dâmbovita, Giurgiu, Ialomita, Prahova, Teleorman; RO32 Bucharest, Ilfov; ' +
    'RO41 Dolj, Gorj, Mehedinti, Olt, Vâlcea; RO42 Arad, Caras-Severin, Hunedoara, Timis',
  SWE: 'SE11 Stockholm; SE12 Uppsala, Södermanland, Östergötland, Orebro, Västmanland; ' +
    'SE21 Jönköping, Kronoberg, Kalmar, Gotland; SE22 Blekinge, Skåne; SE23 Halland, Västra Götaland; ' +
    'SE31 Värmland, Dalarna, Gävleborg; SE32 Västernorrland, Jämtland; SE33 Västerbotten, Norrbotten',
  SVN: 'SI04 Borovnica, Brezovica, Dobrepolje, Dobrova-Polhov Gradec, Dol pri Ljubljani, Domžale, Grosuplje, ' +
    'Horjul, Ig, Ivancna Gorica, Kamnik, Komenda, Litija, Ljubljana, Logatec, Lukovica, Medvode, Mengeš, ' +
    'Moravce, Šmartno in Litiji, Škofljica, Trzin, Velike Lašče, Vodice, Vrhnika, ' +
    'Bled, Bohinj, Cerklje na Gorenjskem, Gorenja vas-Poljane, Jesenice, Jezersko, Kranj, Kranjska Gora, ' +
    'Naklo, Preddvor, Radovljica, Šenčur, Škofja Loka, Tržič, Železniki, Žiri, Žirovnica, ' +
    'Ajdovščina, Bovec, Brda, Cerkno, Idrija, Kanal, Kobarid, Miren-Kostanjevica, Nova Goriška, ' +
    'Šempeter-Vrtojba, Tolmin, Vipava, Divaca, Hrpelje-Kozina, Izola, Komen, Koper, Piran, Sežana; SI03 *',
  SVK: 'SK01 Bratislavský; SK02 Trnavský, Trenciansky, Nitriansky; SK03 Žilinský, Banskobystrický; ' +
    'SK04 Prešov, Košický',
};

const table = new Map();
for (const [country, text] of Object.entries(parts))
  for (const group of text.split('; ')) {
    const [code, ...rest] = group.split(' ');
    for (const name of rest.join(' ').split(', ')) table.set(`${country} ${name}`, code);
  }

// "-": not of the Union. Empty: to be left out.
export function region_of_part(country, name) {
  if (!(country in parts)) return '-';
  const code = table.get(`${country} ${name}`) ?? table.get(`${country} *`);
  if (!code) throw new Error(`${country}: no region for "${name}"`);
  return code === 'none' ? '' : code;
}

// Parts that hold more than one region: which towns tell where the line runs.
const lander = ['DE1', 'DE2', 'DE7', 'DE9', 'DEA', 'DEB', 'DED', 'PL9'];
export const splits = new Map([
  ...lander.map(code => [code, t => t.code.startsWith(code) && t.code.length >= 4]),
  ...['02', '11', '14', '18', '19', '22'].map(district =>
    [`PT-${district}`, t => t.country === 'PT' && t.levels[0] === district]),
]);
