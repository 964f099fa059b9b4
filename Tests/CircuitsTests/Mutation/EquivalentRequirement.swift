import Circuits
import Model

/// Why a requirement that was left out or altered is not missed; Docs/Mutation.md has the arguments.
enum EquivalentRequirement: CaseIterable {
  /// Numbers m are integers because m - a, m + a and the quotient's equation are of integers.
  case impliedMaximum
  /// m + a and m - a, one of which is m + |a|, leave m 15 bits.
  case maximumOfFifteenBits
  /// Quotients are at most 127: what matters of their range is that they are integers.
  case smallQuotient
  /// Bits that inequalities keep at zero: of inverse roots, reciprocals and slacks.
  case unreachedBits
  /// Averages are not larger than what they are made of, and norms are below sqrt(d) 2^13.
  case boundedByItsInputs
  /// A sum of numbers that are not negative, with positive factors, is 0 if all of them are.
  case sumOfNonnegatives

  /// Why the change of a requirement survives; nil if that is not known.
  static func reason(for name: String, _ change: String, in corpus: StatementCorpus) -> EquivalentRequirement? {
    let isTernary = corpus.inference.model.parameters.ternary != nil
    let isRange = ["factor", "constant", "range of a bit more"].contains(change)
    func isLookup(_ operand: String) -> Bool { name.hasPrefix("lookup of 1 \(operand)") }
    for quantised in Quantised.all.map(\.name) where isTernary {
      if isLookup("\(quantised) maximum in") && (isRange || change == "left out") { return .impliedMaximum }
      if isLookup("\(quantised) maximum + ") && change == "range of a bit more" && name.contains("rounding") {
        return .maximumOfFifteenBits
      }
      if isLookup("\(quantised) quantised in") && isRange { return .smallQuotient }
    }
    if isTernary && isLookup("output input maximum + 1 attended") && change == "range of a bit more" {
      return .boundedByItsInputs
    }
    if name == "zero in row of difference low" || name == "relation winner" {
      return change == "factor" ? .sumOfNonnegatives : nil
    }
    for norm in ["attention norm", "feed-forward norm", "head norm"] {
      if isLookup("\(norm) in ") || isLookup("\(norm), digit 1 in 4") {
        return change == "range of a bit more" ? .boundedByItsInputs : nil
      }
      if corpus.isUnreached(name, change, norm) { return .unreachedBits }
    }
    if isLookup("attended, digit 1 in 4") && change == "range of a bit more" { return .boundedByItsInputs }
    // Scores are sums of products of two numbers of 16 bits each.
    if isLookup("maximum, digit 1") && (change == "constant" || change == "range of a bit more") {
      let parameters = corpus.inference.model.parameters
      let largest = (corpus.inference.model.configuration.headDimension << 30) >> parameters.scoreShift
      return largest < 3 << 21 ? .boundedByItsInputs : nil
    }
    // R <= 2^24, as Z >= 2^22; slacks are below Z <= 2^22 T.
    if isLookup("reciprocal, digit \(isTernary ? 1 : 2)") && (change == "constant" || change == "range of a bit more") {
      return .unreachedBits
    }
    if isLookup("reciprocal slack") && name.contains(", digit 1 in") && change == "range of a bit more" {
      return .unreachedBits
    }
    return nil
  }
}

extension StatementCorpus {
  /// Whether a change concerns bits of an inverse root or a slack that are 0 in every step the other requirements admit.
  fileprivate func isUnreached(_ name: String, _ change: String, _ norm: String) -> Bool {
    let width = inference.model.parameters.digitBits
    func digit(_ text: String) -> Int? {
      text.split(separator: "digit ").last?.split(separator: " ").first.flatMap { Int($0) }
    }
    for number in ["inverse root", "slack low", "slack high"] where name.hasPrefix("lookup of 1 \(norm) \(number), ") {
      guard let digit = digit(name) else { return false }
      let reached = reachedBits(of: norm, number)
      switch change {
      case "range of a bit more": return (digit + 1) * width >= reached
      // Digits may be negative then: a slack may, but no root, as its upper bound is positive.
      case "constant": return number == "inverse root" && (digit + 1) * width - 1 >= reached
      // A half of this digit is a bit of the one before.
      case "factor": return digit * width - 1 >= reached
      default: return false
      }
    }
    for (product, slack, what) in [
      ("lower", "low", "factor"), ("lower", "low", "term left out"), ("upper", "low", "factor"),
      ("upper", "high", "factor"),
    ] where name == "product \(norm) \(product) bound" && change.hasPrefix("result, \(what), \(norm) slack \(slack), ")
    {
      guard let digit = digit(change) else { return false }
      return digit * width >= reachedBits(of: norm, "slack high")
    }
    return false
  }

  /// How many bits numbers of a norm have: d 2^(2k) and what the epsilon and the range of hidden states leave of them.
  private func reachedBits(of norm: String, _ number: String) -> Int {
    let parameters = inference.model.parameters
    let width = inference.model.configuration.hiddenSize
    let exponent = parameters.inverseRootExponent
    let target = 2 * exponent + bits(Int128(width))
    if number == "inverse root" {
      let epsilon = Int.bitWidth - 1 - parameters.normEpsilon.leadingZeroBitCount
      return (target - epsilon + 1) / 2
    }
    // Both slacks together are below (2 r + 1) S <= 2 sqrt(d 2^(2k) S) + S, and S < (d + 1) 2^62, as X1 has 32 bits.
    if norm == "feed-forward norm" {
      return bits(Int128(width + 1) << Int128(exponent + 32) + Int128(width + 1) << 62)
    }
    return number == "slack low" ? target : 127
  }

  /// The least b with number <= 2^b.
  private func bits(_ number: Int128) -> Int { Int128.bitWidth - (number - 1).leadingZeroBitCount }
}
