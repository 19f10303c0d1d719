/** One of the communities of the city: the names a made-up member may have, and what partners record beside them. */
export interface Community {
  weight: number;
  women: readonly string[];
  men: readonly string[];
  families: readonly string[];
  /** NHS ethnic category code */
  ethnicity: string;
  /** the same in the words of the council's return */
  ethnicityText: string;
  /** other languages spoken at home, ISO 639-1 in capitals; English is always possible */
  language?: string;
}

const list = (names: string): readonly string[] => names.split(' ');

/** Names are combined by chance: no one named here exists. Weights follow the city only roughly. */
export const communities: readonly Community[] = [
  {
    weight: 38, ethnicity: 'A', ethnicityText: 'White: English, Welsh, Scottish, Northern Irish or British',
    women: list('Margaret Dorothy Jean Barbara Patricia Sheila Brenda Pauline Janet Sandra Linda Susan Carol Julie Karen Tracey Joan Maureen Sylvia Beryl'),
    men: list('Ronald Kenneth Derek Raymond Brian Roy Dennis Alan Keith Graham Trevor Stephen Malcolm Clive Nigel Gordon Leonard Norman Geoffrey Stanley'),
    families: list('Hadley Whitcombe Tranter Bagnall Pargeter Yardley Rudge Bytheway Cottrell Fellows Haywood Aldridge Millward Perrins Tibbetts Wheeldon Baggott Darby Hingley Priddey'),
  },
  {
    weight: 6, ethnicity: 'B', ethnicityText: 'White: Irish',
    women: list('Bridget Noreen Kathleen Eileen Nuala Mairead Philomena Teresa Breda Carmel'),
    men: list('Padraig Declan Seamus Eamon Desmond Fintan Cornelius Colm Liam Brendan'),
    families: list("O'Dwyer Geraghty Mulvaney Tierney Kinsella Devaney McGettigan Scanlon Hanrahan Lavelle"),
  },
  {
    weight: 15, ethnicity: 'J', ethnicityText: 'Asian or Asian British: Pakistani', language: 'UR',
    women: list('Nasreen Shabana Rukhsana Parveen Zainab Khalida Tahira Bushra Samina Farzana'),
    men: list('Mohammed Tariq Javed Shaukat Imran Zafar Naveed Arshad Waheed Khalid'),
    families: list('Hussain Mahmood Akhtar Iqbal Chaudhry Qureshi Mirza Bashir Rafiq Aslam'),
  },
  {
    weight: 6, ethnicity: 'K', ethnicityText: 'Asian or Asian British: Bangladeshi', language: 'BN',
    women: list('Rahela Shahana Monowara Sufia Nazma Hasina Rokeya Taslima'),
    men: list('Abdul Shofiq Mizanur Faruk Kamal Lutfur Anwar Siraj'),
    families: list('Rahman Miah Uddin Choudhury Begum Islam Hoque Ullah'),
  },
  {
    weight: 9, ethnicity: 'H', ethnicityText: 'Asian or Asian British: Indian', language: 'PA',
    women: list('Surinder Kulwant Manjit Gurpreet Sunita Hansa Bhavna Jaswinder Kamla Urmila'),
    men: list('Harbhajan Balbir Gurdev Mohan Ramesh Jagtar Kirpal Suresh Dilip Avtar'),
    families: list('Sandhu Dhillon Gill Patel Mistry Sahota Bains Desai Chauhan Parmar'),
  },
  {
    weight: 8, ethnicity: 'M', ethnicityText: 'Black, Black British, Caribbean or African: Caribbean',
    women: list('Hyacinth Merlene Icilda Beverley Cynthia Norma Gloria Sonia Winifred Yvonne'),
    men: list('Winston Delroy Clinton Neville Errol Carlton Lloyd Hubert Leroy Vincent'),
    families: list('Grandison Beckford Samuels Palmer Blagrove Facey Reid Dunkley Wynter Morrison'),
  },
  {
    weight: 4, ethnicity: 'N', ethnicityText: 'Black, Black British, Caribbean or African: African', language: 'SO',
    women: list('Hodan Faduma Asha Sahra Amina Khadra Ifrah Ubah'),
    men: list('Abdirahman Yusuf Mahad Liban Warsame Jama Guled Ismail'),
    families: list('Warsame Hersi Farah Abdi Nur Egal Duale Jibril'),
  },
  {
    weight: 3, ethnicity: 'N', ethnicityText: 'Black, Black British, Caribbean or African: African',
    women: list('Ngozi Adaeze Folake Grace Ifeoma Blessing Comfort Efua'),
    men: list('Chidi Emeka Tunde Kwame Obinna Samuel Femi Kofi'),
    families: list('Okafor Adeyemi Mensah Nwosu Balogun Owusu Eze Asante'),
  },
  {
    weight: 4, ethnicity: 'C', ethnicityText: 'White: Any other White background', language: 'PL',
    women: list('Halina Bozena Irena Danuta Grazyna Malgorzata Jadwiga Zofia'),
    men: list('Zbigniew Henryk Marek Tadeusz Stanislaw Jerzy Wojciech Andrzej'),
    families: list('Nowak Wilk Kowalczyk Maj Sikora Pawlak Zielinska Baran'),
  },
  {
    weight: 3, ethnicity: 'S', ethnicityText: 'Other ethnic group: Arab',
    women: list('Fatima Samira Taqiyah Latifa Arwa Nadia Huda Salma'),
    men: list('Nagi Saleh Mokhtar Faisal Abdo Hamood Qassim Yahya'),
    families: list('Al-Rada Muthana Saleh Nasser Qassim Al-Hadi Shaif Ghalib'),
  },
  {
    weight: 2, ethnicity: 'R', ethnicityText: 'Asian or Asian British: Chinese',
    women: list('Mei-Ling Siu-Wai Yuk-Lan Xiaoyan'),
    men: list('Chi-Keung Wai-Man Guowei Kam-Fai'),
    families: list('Chan Lau Cheung Yip'),
  },
  {
    weight: 2, ethnicity: 'D', ethnicityText: 'Mixed or multiple ethnic groups: White and Black Caribbean',
    women: list('Marcia Donna Michelle Simone'),
    men: list('Curtis Jerome Leon Marvin'),
    families: list('Hadley Samuels Tierney Facey'),
  },
];
