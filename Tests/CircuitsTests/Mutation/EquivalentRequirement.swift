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
      if isLookup("\(norm) in") || isLookup("\(norm), digit 1 in 4") {
        return change == "range of a bit more" ? .boundedByItsInputs : nil
      }
      if isRange, let bit = lowestBit(of: name, norm), bit >= corpus.reachedBits(of: norm, name) {
        return .unreachedBits
      }
      let isTop = change == "result, factor" || change == "result, term left out"
      if isTop && (name == "product \(norm) lower bound" || name == "product \(norm) upper bound") {
        return corpus.reachedBits(of: norm, name) < 84 ? .unreachedBits : nil
      }
    }
    if isLookup("attended") && change == "range of a bit more" { return .boundedByItsInputs }
    // Scores are sums of products of two numbers of 16 bits each.
    if isLookup("maximum, digit 1") && (change == "constant" || change == "range of a bit more") {
      let parameters = corpus.inference.model.parameters
      let largest = (corpus.inference.model.configuration.headDimension << 30) >> parameters.scoreShift
      return largest < 3 << 21 ? .boundedByItsInputs : nil
    }
    // R <= 2^24, as Z >= 2^22; slacks are below Z <= 2^22 T.
    if isLookup("reciprocal, digit \(isTernary ? 1 : 2)") && isRange { return .unreachedBits }
    if isLookup("reciprocal slack") && name.contains(", digit 1 in") && change == "range of a bit more" {
      return .unreachedBits
    }
    return nil
  }

  /// The lowest bit of the range a lookup of a norm's digit has, less what alterations by an eighth and by a factor need.
  private static func lowestBit(of name: String, _ norm: String) -> Int? {
    guard name.hasPrefix("lookup of 1 \(norm) inverse root") || name.hasPrefix("lookup of 1 \(norm) slack"),
      let digit = name.split(separator: "digit ").last?.split(separator: " ").first.flatMap({ Int($0) }),
      let width = name.split(separator: " ").last.flatMap({ Int($0) })
    else { return nil }
    // Numbers below the last bit of a digit notice neither.
    return (digit + 1) * width - 1
  }
}

extension StatementCorpus {
  /// How many bits numbers of a norm have: d 2^(2k) and what the epsilon and the range of hidden states leave of them.
  fileprivate func reachedBits(of norm: String, _ name: String) -> Int {
    let parameters = inference.model.parameters
    let width = inference.model.configuration.hiddenSize
    let target = 2 * parameters.inverseRootExponent + (Int.bitWidth - (width - 1).leadingZeroBitCount)
    if name.contains("inverse root") {
      let epsilon = Int.bitWidth - 1 - parameters.normEpsilon.leadingZeroBitCount
      return (target - epsilon + 1) / 2
    }
    // Both slacks are below (2 r + 1) S <= 2 sqrt(d 2^(2k) S) + S; X1 has 32 bits.
    let sum = 62 + (Int.bitWidth - (width - 1).leadingZeroBitCount)
    let slack = (target + sum) / 2 + 2
    if norm == "feed-forward norm" { return slack }
    return name.contains("slack low") || name.contains("lower bound") ? target : 127
  }
}
