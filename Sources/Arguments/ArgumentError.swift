/// Why a statement or the integers of a step were refused.
package enum ArgumentError: Error, Equatable {
  /// The statement contradicts itself; the sentence says where.
  case malformedStatement(String)
  /// A tensor does not fit the segment's data.
  case missingEntries(tensor: String)
  /// A lookup's tuple is in no table: column number, its description, indices along its axes.
  case lookupFails(column: Int, name: String, indices: [Int])
  /// The multiplicity of a table entry is not the number of its lookups.
  case wrongMultiplicity(entry: Int)
  /// A row has no zero in the domain, or its multiplicities do not sum to 1 over its zeros and cancel elsewhere:
  /// requirement number, its description, indices along the row axes.
  case zeroInRowFails(number: Int, name: String, row: [Int])
  /// A product differs from its result at these indices along the result's axes.
  case productFails(name: String, indices: [Int])
  /// A relation does not hold at these indices along its axes.
  case relationFails(name: String, indices: [Int])
  /// A leaf of the lookup argument met a zero denominator; another binding element avoids it.
  case zeroDenominator
}
