/**
 * The message types of the Sheets API that the emulator reads, as field:type pairs (see schema.ts). What it only
 * keeps or refuses (charts, pivot tables, data sources, ...) is `any`.
 */
export const MESSAGES: Readonly<Record<string, string>> = {
  Spreadsheet: `
    comments:[]any
    commentsViewMode:(COMMENTS_VIEW_MODE_UNSPECIFIED|COMMENTS_VIEW_MODE_DEFAULT_FOR_CURRENT_ACCESS|COMMENTS_VIEW_MODE_OMITTED|COMMENTS_VIEW_MODE_INCLUDED)
    dataSourceSchedules:[]any dataSources:[]any developerMetadata:[]DeveloperMetadata
    namedRanges:[]NamedRange properties:SpreadsheetProperties sheets:[]Sheet spreadsheetId:string
    spreadsheetUrl:string
  `,
  BatchUpdateSpreadsheetRequest: `
    commentsViewMode:(COMMENTS_VIEW_MODE_UNSPECIFIED|COMMENTS_VIEW_MODE_DEFAULT_FOR_CURRENT_ACCESS|COMMENTS_VIEW_MODE_OMITTED|COMMENTS_VIEW_MODE_INCLUDED)
    includeSpreadsheetInResponse:bool requests:[]Request responseIncludeGridData:bool
    responseRanges:[]string
  `,
  ValueRange: "majorDimension:(DIMENSION_UNSPECIFIED|ROWS|COLUMNS) range:string values:[]list",
  BatchUpdateValuesRequest: `
    data:[]ValueRange includeValuesInResponse:bool
    responseDateTimeRenderOption:(SERIAL_NUMBER|FORMATTED_STRING)
    responseValueRenderOption:(FORMATTED_VALUE|UNFORMATTED_VALUE|FORMULA)
    valueInputOption:(INPUT_VALUE_OPTION_UNSPECIFIED|RAW|USER_ENTERED)
  `,
  ClearValuesRequest: "",
  BatchClearValuesRequest: "ranges:[]string",
  BatchGetValuesByDataFilterRequest: `
    dataFilters:[]DataFilter dateTimeRenderOption:(SERIAL_NUMBER|FORMATTED_STRING)
    majorDimension:(DIMENSION_UNSPECIFIED|ROWS|COLUMNS)
    valueRenderOption:(FORMATTED_VALUE|UNFORMATTED_VALUE|FORMULA)
  `,
  BatchUpdateValuesByDataFilterRequest: `
    data:[]DataFilterValueRange includeValuesInResponse:bool
    responseDateTimeRenderOption:(SERIAL_NUMBER|FORMATTED_STRING)
    responseValueRenderOption:(FORMATTED_VALUE|UNFORMATTED_VALUE|FORMULA)
    valueInputOption:(INPUT_VALUE_OPTION_UNSPECIFIED|RAW|USER_ENTERED)
  `,
  BatchClearValuesByDataFilterRequest: "dataFilters:[]DataFilter",
  GetSpreadsheetByDataFilterRequest: `
    commentsViewMode:(COMMENTS_VIEW_MODE_UNSPECIFIED|COMMENTS_VIEW_MODE_DEFAULT_FOR_CURRENT_ACCESS|COMMENTS_VIEW_MODE_OMITTED|COMMENTS_VIEW_MODE_INCLUDED)
    dataFilters:[]DataFilter excludeTablesInBandedRanges:bool includeGridData:bool
  `,
  CopySheetToAnotherSpreadsheetRequest: "destinationSpreadsheetId:string",
  SearchDeveloperMetadataRequest: "dataFilters:[]DataFilter",
  AddDimensionGroupRequest: "range:DimensionRange",
  AddFilterViewRequest: "filter:FilterView",
  AddNamedRangeRequest: "namedRange:NamedRange",
  AddProtectedRangeRequest: "protectedRange:ProtectedRange",
  AddSheetRequest: "properties:SheetProperties",
  AddTableRequest: "table:Table",
  AppendCellsRequest: "fields:string rows:[]RowData sheetId:int tableId:string",
  AppendDimensionRequest: "dimension:(DIMENSION_UNSPECIFIED|ROWS|COLUMNS) length:int sheetId:int",
  AutoFillRequest: "range:GridRange sourceAndDestination:SourceAndDestination useAlternateSeries:bool",
  AutoResizeDimensionsRequest: "dataSourceSheetDimensions:any dimensions:DimensionRange",
  BandedRange:
    "bandedRangeId:int bandedRangeReference:string columnProperties:any range:GridRange rowProperties:any",
  BasicFilter: "criteria:map filterSpecs:[]FilterSpec range:GridRange sortSpecs:[]SortSpec tableId:string",
  BooleanCondition: `
    type:(CONDITION_TYPE_UNSPECIFIED|NUMBER_GREATER|NUMBER_GREATER_THAN_EQ|NUMBER_LESS|NUMBER_LESS_THAN_EQ|NUMBER_EQ|NUMBER_NOT_EQ|NUMBER_BETWEEN|NUMBER_NOT_BETWEEN|TEXT_CONTAINS|TEXT_NOT_CONTAINS|TEXT_STARTS_WITH|TEXT_ENDS_WITH|TEXT_EQ|TEXT_IS_EMAIL|TEXT_IS_URL|DATE_EQ|DATE_BEFORE|DATE_AFTER|DATE_ON_OR_BEFORE|DATE_ON_OR_AFTER|DATE_BETWEEN|DATE_NOT_BETWEEN|DATE_IS_VALID|ONE_OF_RANGE|ONE_OF_LIST|BLANK|NOT_BLANK|CUSTOM_FORMULA|BOOLEAN|TEXT_NOT_EQ|DATE_NOT_EQ|FILTER_EXPRESSION)
    values:[]ConditionValue
  `,
  BooleanRule: "condition:BooleanCondition format:CellFormat",
  Border: `
    color:Color colorStyle:ColorStyle
    style:(STYLE_UNSPECIFIED|DOTTED|DASHED|SOLID|SOLID_MEDIUM|SOLID_THICK|NONE|DOUBLE) width:int
  `,
  Borders: "bottom:Border left:Border right:Border top:Border",
  CellData: `
    chipRuns:[]any dataSourceFormula:any dataSourceTable:any dataValidation:DataValidationRule
    effectiveFormat:CellFormat effectiveValue:ExtendedValue formattedValue:string hyperlink:string
    note:string pivotTable:any textFormatRuns:[]TextFormatRun userEnteredFormat:CellFormat
    userEnteredValue:ExtendedValue
  `,
  CellFormat: `
    backgroundColor:Color backgroundColorStyle:ColorStyle borders:Borders
    horizontalAlignment:(HORIZONTAL_ALIGN_UNSPECIFIED|LEFT|CENTER|RIGHT)
    hyperlinkDisplayType:(HYPERLINK_DISPLAY_TYPE_UNSPECIFIED|LINKED|PLAIN_TEXT) numberFormat:NumberFormat
    padding:Padding textDirection:(TEXT_DIRECTION_UNSPECIFIED|LEFT_TO_RIGHT|RIGHT_TO_LEFT)
    textFormat:TextFormat textRotation:TextRotation
    verticalAlignment:(VERTICAL_ALIGN_UNSPECIFIED|TOP|MIDDLE|BOTTOM)
    wrapStrategy:(WRAP_STRATEGY_UNSPECIFIED|OVERFLOW_CELL|LEGACY_WRAP|CLIP|WRAP)
  `,
  ClearBasicFilterRequest: "sheetId:int",
  Color: "alpha:double blue:double green:double red:double",
  ColorStyle: `
    rgbColor:Color
    themeColor:(THEME_COLOR_TYPE_UNSPECIFIED|TEXT|BACKGROUND|ACCENT1|ACCENT2|ACCENT3|ACCENT4|ACCENT5|ACCENT6|LINK)
  `,
  ConditionValue: `
    relativeDate:(RELATIVE_DATE_UNSPECIFIED|PAST_YEAR|PAST_MONTH|PAST_WEEK|YESTERDAY|TODAY|TOMORROW)
    userEnteredValue:string
  `,
  ConditionalFormatRule: "booleanRule:BooleanRule gradientRule:GradientRule ranges:[]GridRange",
  CopyPasteRequest: `
    destination:GridRange pasteOrientation:(NORMAL|TRANSPOSE)
    pasteType:(PASTE_NORMAL|PASTE_VALUES|PASTE_FORMAT|PASTE_NO_BORDERS|PASTE_FORMULA|PASTE_DATA_VALIDATION|PASTE_CONDITIONAL_FORMATTING)
    source:GridRange
  `,
  CreateDeveloperMetadataRequest: "developerMetadata:DeveloperMetadata",
  CutPasteRequest: `
    destination:GridCoordinate
    pasteType:(PASTE_NORMAL|PASTE_VALUES|PASTE_FORMAT|PASTE_NO_BORDERS|PASTE_FORMULA|PASTE_DATA_VALIDATION|PASTE_CONDITIONAL_FORMATTING)
    source:GridRange
  `,
  DataFilter: "a1Range:string developerMetadataLookup:DeveloperMetadataLookup gridRange:GridRange",
  DataFilterValueRange:
    "dataFilter:DataFilter majorDimension:(DIMENSION_UNSPECIFIED|ROWS|COLUMNS) values:[]list",
  DataValidationRule: "condition:BooleanCondition inputMessage:string showCustomUi:bool strict:bool",
  DeleteDeveloperMetadataRequest: "dataFilter:DataFilter",
  DeleteDimensionGroupRequest: "range:DimensionRange",
  DeleteDimensionRequest: "range:DimensionRange",
  DeleteDuplicatesRequest: "comparisonColumns:[]DimensionRange range:GridRange",
  DeleteFilterViewRequest: "filterId:int",
  DeleteNamedRangeRequest: "namedRangeId:string",
  DeleteProtectedRangeRequest: "protectedRangeId:int",
  DeleteRangeRequest: "range:GridRange shiftDimension:(DIMENSION_UNSPECIFIED|ROWS|COLUMNS)",
  DeleteSheetRequest: "sheetId:int",
  DeleteTableRequest: "tableId:string",
  DeveloperMetadata: `
    location:DeveloperMetadataLocation metadataId:int metadataKey:string metadataValue:string
    visibility:(DEVELOPER_METADATA_VISIBILITY_UNSPECIFIED|DOCUMENT|PROJECT)
  `,
  DeveloperMetadataLocation: `
    dimensionRange:DimensionRange
    locationType:(DEVELOPER_METADATA_LOCATION_TYPE_UNSPECIFIED|ROW|COLUMN|SHEET|SPREADSHEET) sheetId:int
    spreadsheet:bool
  `,
  DeveloperMetadataLookup: `
    locationMatchingStrategy:(DEVELOPER_METADATA_LOCATION_MATCHING_STRATEGY_UNSPECIFIED|EXACT_LOCATION|INTERSECTING_LOCATION)
    locationType:(DEVELOPER_METADATA_LOCATION_TYPE_UNSPECIFIED|ROW|COLUMN|SHEET|SPREADSHEET) metadataId:int
    metadataKey:string metadataLocation:DeveloperMetadataLocation metadataValue:string
    visibility:(DEVELOPER_METADATA_VISIBILITY_UNSPECIFIED|DOCUMENT|PROJECT)
  `,
  DimensionGroup: "collapsed:bool depth:int range:DimensionRange",
  DimensionProperties: `
    dataSourceColumnReference:any developerMetadata:[]DeveloperMetadata hiddenByFilter:bool
    hiddenByUser:bool pixelSize:int
  `,
  DimensionRange: "dimension:(DIMENSION_UNSPECIFIED|ROWS|COLUMNS) endIndex:int sheetId:int startIndex:int",
  DuplicateFilterViewRequest: "filterId:int",
  DuplicateSheetRequest: "insertSheetIndex:int newSheetId:int newSheetName:string sourceSheetId:int",
  Editors: "domainUsersCanEdit:bool groups:[]string users:[]string",
  ErrorValue: `
    message:string
    type:(ERROR_TYPE_UNSPECIFIED|ERROR|NULL_VALUE|DIVIDE_BY_ZERO|VALUE|REF|NAME|NUM|N_A|LOADING)
  `,
  ExtendedValue:
    "boolValue:bool errorValue:ErrorValue formulaValue:string numberValue:double stringValue:string",
  FilterCriteria: `
    condition:BooleanCondition hiddenValues:[]string visibleBackgroundColor:Color
    visibleBackgroundColorStyle:ColorStyle visibleForegroundColor:Color
    visibleForegroundColorStyle:ColorStyle
  `,
  FilterSpec: "columnIndex:int dataSourceColumnReference:any filterCriteria:FilterCriteria",
  FilterView: `
    criteria:map filterSpecs:[]FilterSpec filterViewId:int namedRangeId:string range:GridRange
    sortSpecs:[]SortSpec tableId:string title:string
  `,
  FindReplaceRequest: `
    allSheets:bool find:string includeFormulas:bool matchCase:bool matchEntireCell:bool range:GridRange
    replacement:string searchByRegex:bool sheetId:int
  `,
  GradientRule: "maxpoint:InterpolationPoint midpoint:InterpolationPoint minpoint:InterpolationPoint",
  GridCoordinate: "columnIndex:int rowIndex:int sheetId:int",
  GridData: `
    columnMetadata:[]DimensionProperties rowData:[]RowData rowMetadata:[]DimensionProperties startColumn:int
    startRow:int
  `,
  GridProperties: `
    columnCount:int columnGroupControlAfter:bool frozenColumnCount:int frozenRowCount:int hideGridlines:bool
    rowCount:int rowGroupControlAfter:bool
  `,
  GridRange: "endColumnIndex:int endRowIndex:int sheetId:int startColumnIndex:int startRowIndex:int",
  InsertDimensionRequest: "inheritFromBefore:bool range:DimensionRange",
  InsertRangeRequest: "range:GridRange shiftDimension:(DIMENSION_UNSPECIFIED|ROWS|COLUMNS)",
  InterpolationPoint: `
    color:Color colorStyle:ColorStyle
    type:(INTERPOLATION_POINT_TYPE_UNSPECIFIED|MIN|MAX|NUMBER|PERCENT|PERCENTILE) value:string
  `,
  IterativeCalculationSettings: "convergenceThreshold:double maxIterations:int",
  Link: "uri:string",
  MergeCellsRequest: "mergeType:(MERGE_ALL|MERGE_COLUMNS|MERGE_ROWS) range:GridRange",
  MoveDimensionRequest: "destinationIndex:int source:DimensionRange",
  NamedRange: "name:string namedRangeId:string range:GridRange",
  NumberFormat: `
    pattern:string
    type:(NUMBER_FORMAT_TYPE_UNSPECIFIED|TEXT|NUMBER|PERCENT|CURRENCY|DATE|TIME|DATE_TIME|SCIENTIFIC)
  `,
  Padding: "bottom:int left:int right:int top:int",
  PasteDataRequest: `
    coordinate:GridCoordinate data:string delimiter:string html:bool
    type:(PASTE_NORMAL|PASTE_VALUES|PASTE_FORMAT|PASTE_NO_BORDERS|PASTE_FORMULA|PASTE_DATA_VALIDATION|PASTE_CONDITIONAL_FORMATTING)
  `,
  ProtectedRange: `
    description:string editors:Editors namedRangeId:string protectedRangeId:int range:GridRange
    requestingUserCanEdit:bool tableId:string unprotectedRanges:[]GridRange warningOnly:bool
  `,
  RandomizeRangeRequest: "range:GridRange",
  RepeatCellRequest: "cell:CellData fields:string range:GridRange",
  Request: `
    addBanding:any addChart:any addCommentReply:any addConditionalFormatRule:any addDataSource:any
    addDimensionGroup:AddDimensionGroupRequest addFilterView:AddFilterViewRequest
    addNamedRange:AddNamedRangeRequest addProtectedRange:AddProtectedRangeRequest addSheet:AddSheetRequest
    addSlicer:any addTable:AddTableRequest appendCells:AppendCellsRequest
    appendDimension:AppendDimensionRequest autoFill:AutoFillRequest
    autoResizeDimensions:AutoResizeDimensionsRequest cancelDataSourceRefresh:any
    clearBasicFilter:ClearBasicFilterRequest copyPaste:CopyPasteRequest
    createDeveloperMetadata:CreateDeveloperMetadataRequest cutPaste:CutPasteRequest deleteBanding:any
    deleteComment:any deleteCommentReply:any deleteConditionalFormatRule:any deleteDataSource:any
    deleteDeveloperMetadata:DeleteDeveloperMetadataRequest deleteDimension:DeleteDimensionRequest
    deleteDimensionGroup:DeleteDimensionGroupRequest deleteDuplicates:DeleteDuplicatesRequest
    deleteEmbeddedObject:any deleteFilterView:DeleteFilterViewRequest
    deleteNamedRange:DeleteNamedRangeRequest deleteProtectedRange:DeleteProtectedRangeRequest
    deleteRange:DeleteRangeRequest deleteSheet:DeleteSheetRequest deleteTable:DeleteTableRequest
    duplicateFilterView:DuplicateFilterViewRequest duplicateSheet:DuplicateSheetRequest
    findReplace:FindReplaceRequest insertComment:any insertDimension:InsertDimensionRequest
    insertRange:InsertRangeRequest mergeCells:MergeCellsRequest moveDimension:MoveDimensionRequest
    pasteData:PasteDataRequest randomizeRange:RandomizeRangeRequest refreshDataSource:any
    repeatCell:RepeatCellRequest setBasicFilter:SetBasicFilterRequest
    setDataValidation:SetDataValidationRequest sortRange:SortRangeRequest textToColumns:TextToColumnsRequest
    trimWhitespace:TrimWhitespaceRequest unmergeCells:UnmergeCellsRequest updateBanding:any
    updateBorders:UpdateBordersRequest updateCells:UpdateCellsRequest updateChartSpec:any
    updateCommentPost:any updateConditionalFormatRule:any updateDataSource:any
    updateDeveloperMetadata:UpdateDeveloperMetadataRequest updateDimensionGroup:UpdateDimensionGroupRequest
    updateDimensionProperties:UpdateDimensionPropertiesRequest updateEmbeddedObjectBorder:any
    updateEmbeddedObjectPosition:any updateFilterView:UpdateFilterViewRequest
    updateNamedRange:UpdateNamedRangeRequest updateProtectedRange:UpdateProtectedRangeRequest
    updateSheetProperties:UpdateSheetPropertiesRequest updateSlicerSpec:any
    updateSpreadsheetProperties:UpdateSpreadsheetPropertiesRequest updateTable:UpdateTableRequest
  `,
  RowData: "values:[]CellData",
  SetBasicFilterRequest: "filter:BasicFilter",
  SetDataValidationRequest: "filteredRowsIncluded:bool range:GridRange rule:DataValidationRule",
  Sheet: `
    bandedRanges:[]BandedRange basicFilter:BasicFilter charts:[]any columnGroups:[]DimensionGroup
    commentAnchors:[]any conditionalFormats:[]ConditionalFormatRule data:[]GridData
    developerMetadata:[]DeveloperMetadata filterViews:[]FilterView merges:[]GridRange
    properties:SheetProperties protectedRanges:[]ProtectedRange rowGroups:[]DimensionGroup slicers:[]any
    tables:[]Table
  `,
  SheetProperties: `
    dataSourceSheetProperties:any gridProperties:GridProperties hidden:bool index:int rightToLeft:bool
    sheetId:int sheetType:(SHEET_TYPE_UNSPECIFIED|GRID|OBJECT|DATA_SOURCE) tabColor:Color
    tabColorStyle:ColorStyle title:string
  `,
  SortRangeRequest: "range:GridRange sortSpecs:[]SortSpec",
  SortSpec: `
    backgroundColor:Color backgroundColorStyle:ColorStyle dataSourceColumnReference:any dimensionIndex:int
    foregroundColor:Color foregroundColorStyle:ColorStyle
    sortOrder:(SORT_ORDER_UNSPECIFIED|ASCENDING|DESCENDING)
  `,
  SourceAndDestination: "dimension:(DIMENSION_UNSPECIFIED|ROWS|COLUMNS) fillLength:int source:GridRange",
  SpreadsheetProperties: `
    autoRecalc:(RECALCULATION_INTERVAL_UNSPECIFIED|ON_CHANGE|MINUTE|HOUR) defaultFormat:CellFormat
    importFunctionsExternalUrlAccessAllowed:bool iterativeCalculationSettings:IterativeCalculationSettings
    locale:string spreadsheetTheme:SpreadsheetTheme timeZone:string title:string
  `,
  SpreadsheetTheme: "primaryFontFamily:string themeColors:[]ThemeColorPair",
  Table: `
    columnProperties:[]TableColumnProperties name:string range:GridRange rowsProperties:TableRowsProperties
    tableId:string
  `,
  TableColumnDataValidationRule: "condition:BooleanCondition",
  TableColumnProperties: `
    columnIndex:int columnName:string
    columnType:(COLUMN_TYPE_UNSPECIFIED|DOUBLE|CURRENCY|PERCENT|DATE|TIME|DATE_TIME|TEXT|BOOLEAN|DROPDOWN|FILES_CHIP|PEOPLE_CHIP|FINANCE_CHIP|PLACE_CHIP|RATINGS_CHIP)
    dataValidationRule:TableColumnDataValidationRule
  `,
  TableRowsProperties: `
    firstBandColorStyle:ColorStyle footerColorStyle:ColorStyle headerColorStyle:ColorStyle
    secondBandColorStyle:ColorStyle
  `,
  TextFormat: `
    bold:bool fontFamily:string fontSize:int foregroundColor:Color foregroundColorStyle:ColorStyle
    italic:bool link:Link strikethrough:bool underline:bool
  `,
  TextFormatRun: "format:TextFormat startIndex:int",
  TextRotation: "angle:int vertical:bool",
  TextToColumnsRequest: `
    delimiter:string
    delimiterType:(DELIMITER_TYPE_UNSPECIFIED|COMMA|SEMICOLON|PERIOD|SPACE|CUSTOM|AUTODETECT)
    source:GridRange
  `,
  ThemeColorPair: `
    color:ColorStyle
    colorType:(THEME_COLOR_TYPE_UNSPECIFIED|TEXT|BACKGROUND|ACCENT1|ACCENT2|ACCENT3|ACCENT4|ACCENT5|ACCENT6|LINK)
  `,
  TrimWhitespaceRequest: "range:GridRange",
  UnmergeCellsRequest: "range:GridRange",
  UpdateBordersRequest: `
    bottom:Border innerHorizontal:Border innerVertical:Border left:Border range:GridRange right:Border
    top:Border
  `,
  UpdateCellsRequest: "fields:string range:GridRange rows:[]RowData start:GridCoordinate",
  UpdateDeveloperMetadataRequest:
    "dataFilters:[]DataFilter developerMetadata:DeveloperMetadata fields:string",
  UpdateDimensionGroupRequest: "dimensionGroup:DimensionGroup fields:string",
  UpdateDimensionPropertiesRequest:
    "dataSourceSheetRange:any fields:string properties:DimensionProperties range:DimensionRange",
  UpdateFilterViewRequest: "fields:string filter:FilterView",
  UpdateNamedRangeRequest: "fields:string namedRange:NamedRange",
  UpdateProtectedRangeRequest: "fields:string protectedRange:ProtectedRange",
  UpdateSheetPropertiesRequest: "fields:string properties:SheetProperties",
  UpdateSpreadsheetPropertiesRequest: "fields:string properties:SpreadsheetProperties",
  UpdateTableRequest: "fields:string table:Table",
};
