/** The extracts of a RiO trust and their columns, in the order they are to be sent: who, then referrals, then the rest. */
export const rioColumns = {
  client: [
    'Client_ID', 'NHS_Number', 'NNN_Status', 'Date_of_Birth', 'Date_of_Death', 'Death_Flag', 'Deleted_Flag',
    'Gender_Code', 'SensitiveFlag', 'Title', 'Given_Name_1', 'Given_Name_2', 'Family_Name', 'Preferred_Name',
    'Address_Line_1', 'Address_Line_2', 'Address_Line_3', 'Address_Town', 'Post_Code', 'Main_Phone', 'Mobile_Phone',
    'Email', 'GP_Practice_Code', 'GP_Practice_Name', 'Ethnicity_Code', 'Language_Code', 'Interpreter_Required',
    'Marital_Status_Code', 'Main_Carer_Name', 'Main_Carer_Relationship', 'Main_Carer_Phone', 'Last_Updated',
  ],
  referral: [
    'Client_ID', 'Referral_Number', 'Referral_Date', 'Referral_Received_Date', 'Referral_Accepted_Date',
    'Referral_Source', 'Referring_Organisation_Code', 'ReferringGPPracticeCode', 'ReferralReason', 'Urgency',
    'ServiceReferredTo', 'TeamReferredTo', 'SpecialtyReferredTo', 'DischargeDateTime', 'DischargeReason',
    'DischargeAllocation', 'RemovalDateTime', 'RemovalCode', 'Deleted_Flag',
  ],
  'care-plan': [
    'Client_ID', 'Care_Plan_ID', 'Referral_Number', 'Team_Code', 'CarePlanType', 'StartDate', 'EndDate', 'EndReason',
    'ReviewDate', 'ProblemText', 'InterventionText', 'Author_ID', 'Author_Name', 'Deleted_Flag',
  ],
  cpa: [
    'Client_ID', 'CPA_ID', 'CPALevel', 'Team_Code', 'Start_Date', 'End_Date', 'End_Reason_Code', 'NextReviewDate',
    'Care_Coordinator_User_ID', 'Care_Coordinator_User_Name', 'Care_Coordinator_User_Phone',
    'Care_Coordinator_User_Role', 'Deleted_Flag',
  ],
  inpatient: [
    'Client_ID', 'Admission_ID', 'Referral_Number', 'AdmissionDate', 'AdmissionMethod', 'AdmissionSource', 'Ward_Code',
    'Consultant_Code', 'Consultant_Name', 'IntendedDischargeDate', 'DischargeReadyDate', 'DischargeAwaitedReason',
    'DischargeDate', 'DischargeMethod', 'DischargeDestination', 'LegalStatus', 'Deleted_Flag',
  ],
} as const;

export type RioPart = keyof typeof rioColumns;
export type RioColumn<Part extends RioPart> = (typeof rioColumns)[Part][number];
