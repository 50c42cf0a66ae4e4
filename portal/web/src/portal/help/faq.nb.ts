import type { Question } from './faq'

export const questions: Question[] = [
  {
    name: 'why',
    ask: 'Hvorfor bruke portalen?',
    answer: 'Her har du alle maskinene på ett sted: Du følger med på bruken i hele maskinparken, sender inn måleravlesninger så fakturaen blir riktig, bestiller toner innenfor avtalen, melder feil og følger teknikeren. Har dere mange maskiner, kan du sende inn samlede avlesninger og se alle sakene under ett.',
    to: { href: '/devices', label: 'Mine produkter' },
  },
  {
    name: 'order',
    ask: 'Hvordan bestiller jeg forbruksmateriell?',
    answer: 'Velg «Bestill toner og forbruksvarer» på forsiden, deretter maskinen. Du ser bare det som passer til den, og som avtalen omfatter. Når bestillingen er sendt, får du et ordrebekreftelsesnummer, og da kan den vanligvis ikke kanselleres eller endres.',
    to: { href: '/order', label: 'Bestill toner og forbruksvarer' },
  },
  {
    name: 'delivery',
    ask: 'Kan jeg endre leveringsadressen når jeg bestiller?',
    answer: 'Maskinens registrerte adresse er standard. Bare adresselinje 2 og 3 kan redigeres, og endringen blir maskinens nye standardadresse for levering. Endrer du maskinens adresse i «Mine produkter» eller i en serviceforespørsel, blir leveringsadressen som den er.',
  },
  {
    name: 'track-order',
    ask: 'Hvordan sporer jeg bestillingen?',
    answer: 'Velg maskinen i «Mine produkter». Under «Forbruksvarer» leder «Spor ordre» til budfirmaets nettsted. Sporing er mulig når bestillingen er sendt.',
    to: { href: '/devices', label: 'Mine produkter' },
  },
  {
    name: 'reading',
    ask: 'Hvordan sender jeg inn en måleravlesning?',
    answer: 'Velg «Måleravlesning», kryss av for maskinene ved serienummeret, én, flere eller alle, og skriv inn det tellerne viser.',
    to: { href: '/readings', label: 'Måleravlesning' },
  },
  {
    name: 'bulk',
    ask: 'Hvordan sender jeg inn samlede avlesninger i en fil?',
    answer: 'Det må være aktivert i landet ditt, og du må ha valgt påminnelser om måleravlesning for maskinene. Følg lenken i påminnelsen, eller velg «Samlede avlesninger» på forsiden. Du ser hva som blir av hver rad før noe lagres.',
    to: { href: '/readings/bulk', label: 'Samlede avlesninger' },
  },
  {
    name: 'meter',
    ask: 'Hvordan leser jeg av måleren?',
    answer: 'Under «Måleravlesning» har hver maskin lenken «Slik leser du av telleren», for akkurat den modellen. Finner du likevel ikke telleren, kan du kontakte den lokale kundestøtten.',
    to: { href: '/readings', label: 'Måleravlesning' },
  },
  {
    name: 'account',
    ask: 'Hvordan endrer jeg kontoopplysningene mine og hva jeg får på e-post?',
    answer: 'Gå til «Min konto» og «Rediger min konto». Du kan også endre navn og tittel. Under «E-post fra oss» velger du hva du vil ha.',
    to: { href: '/account', label: 'Min konto' },
  },
  {
    name: 'sign-in',
    ask: 'Hvorfor kan jeg ikke logge inn?',
    answer: 'Bruker-ID-en eller passordet er skrevet feil. Det er forskjell på store og små bokstaver i passordet. Har du glemt bruker-ID-en, kan du få den på e-post. Har du glemt passordet, svarer du på to sikkerhetsspørsmål og får et midlertidig passord på e-post.',
  },
  {
    name: 'password',
    ask: 'Hvordan endrer jeg passordet mitt?',
    answer: 'Gå til «Min konto» og «Endre passord», og skriv inn det nåværende og det nye passordet.',
    to: { href: '/account', label: 'Min konto' },
  },
  {
    name: 'report',
    ask: 'Hvordan legger jeg inn en serviceforespørsel?',
    answer: 'Velg «Serviceforespørsel» på forsiden og deretter maskinen. Mens du beskriver feilen, foreslår vi løsninger fra kunnskapsbasen. Har maskinen en åpen sak fra før, får du nummeret på den i stedet for en ny.',
    to: { href: '/devices', label: 'Mine produkter' },
  },
  {
    name: 'update',
    ask: 'Kan jeg oppdatere en serviceforespørsel?',
    answer: 'Ja, med «Oppdater» på saken, så lenge en tekniker ikke er sendt ut. Vi får beskjed med en gang.',
    to: { href: '/requests', label: 'Sakene mine' },
  },
  {
    name: 'cancel',
    ask: 'Hvordan kansellerer jeg en serviceforespørsel?',
    answer: 'Ring den lokale kundestøtten. Nummeret står på saken, og her på siden.',
  },
  {
    name: 'service-address',
    ask: 'Kan jeg endre serviceadressen når jeg legger inn en serviceforespørsel?',
    answer: 'Ja, bare for denne gangen eller permanent. En permanent endring brukes for denne saken med en gang, men må godkjennes av oss. Da endres adressen for alle maskinene på stedet.',
  },
  {
    name: 'follow',
    ask: 'Hvordan følger jeg saken min?',
    answer: 'Under «Saker», eller i «Mine produkter» ved maskinen. «Skal avtales»: Forespørselen er registrert, og en tekniker vil bli tilordnet. «Utsendt»: En tekniker er tilordnet saken. «På vei»: En tekniker er på vei. «På stedet»: En tekniker er på stedet.',
    to: { href: '/requests', label: 'Sakene mine' },
  },
  {
    name: 'register',
    ask: 'Hvordan registrerer jeg flere maskiner?',
    answer: 'Du trenger serienummeret, som står på et klistremerke på forsiden av maskinen, og postnummeret der den står. Etter den første viser vi de andre på samme sted. De er valgt på forhånd og går til godkjenning, vanligvis i løpet av to virkedager. Har du ti eller flere, kan du skrive til kundestøtten med bruker-ID-en og enten kundenummeret eller en liste over serienumre.',
    to: { href: '/register', label: 'Registrer en ny maskin' },
  },
  {
    name: 'name',
    ask: 'Hva er et brukervennlig navn?',
    answer: 'Et navn du selv velger, så du raskt finner maskinen, for eksempel «Fargeskriver 1. etasje».',
  },
  {
    name: 'search',
    ask: 'Hvordan bruker jeg hurtigsøk?',
    answer: 'På forsiden: Velg serienummer, serviceforespørsel eller bestilling, skriv hele nummeret og trykk «Start». Du finner bare det som hører til maskiner du har registrert.',
    to: { href: '/', label: 'Hjem' },
  },
  {
    name: 'delete',
    ask: 'Hvordan sletter jeg en maskin som er registrert på meg?',
    answer: 'Kryss av for den i «Mine produkter» og velg «Slett produkt(er)». «Velg alle» gjelder dem du ser på siden. Maskinen og historikken vises ikke lenger, og påminnelsene stopper. Kontrakt og fakturering endres ikke.',
    to: { href: '/devices', label: 'Mine produkter' },
  },
  {
    name: 'move',
    ask: 'Hvordan endrer jeg adressen til en maskin?',
    answer: 'Velg maskinen i «Mine produkter» og «Endre adressen», og oppgi en grunn. Vi må bekrefte endringen før den gjelder, og da gjelder den for alle maskinene på stedet.',
    to: { href: '/devices', label: 'Mine produkter' },
  },
]
