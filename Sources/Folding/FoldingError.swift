/// Why folding refused.
package enum FoldingError: Error, Equatable {
  /// A witness was asked for a value nobody gave.
  case missingAdvice
  /// A step of this kind cannot follow the one before.
  case phase(step: String, after: String)
  /// More steps of one kind were asked for than a proof under this key can hide.
  case tooManyFolds(most: Int)
  /// The named check of the recursion failed.
  case refused(String)
}
