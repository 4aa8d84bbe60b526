//! A value of many runs, and the quantiles of it.

use std::ops::AddAssign;

use crate::units::Money;

/// What many runs have a value of.
pub(super) trait Value: Copy + Ord {
    /// What as many of them as there are runs add up to.
    type Sum: Copy + Default + AddAssign + From<Self>;

    /// What every value is at least, and at most.
    const RANGE: (Self, Self);

    /// How far it lies above the least one, of values whose range fits.
    fn above(self, least: Self) -> u64;

    /// How far the most lies above the least, if that fits.
    fn range(least: Self, most: Self) -> Option<u64>;
}

impl Value for u64 {
    type Sum = u128;

    const RANGE: (Self, Self) = (u64::MIN, u64::MAX);

    #[inline]
    fn above(self, least: Self) -> u64 {
        self - least
    }

    fn range(least: Self, most: Self) -> Option<u64> {
        Some(most - least)
    }
}

impl Value for Money {
    type Sum = Self;

    const RANGE: (Self, Self) =
        (Self::from_picodollars(i128::MIN), Self::from_picodollars(i128::MAX));

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "what fits is in the lower half"
    )]
    fn above(self, least: Self) -> u64 {
        self.picodollars().wrapping_sub(least.picodollars()) as u64
    }

    fn range(least: Self, most: Self) -> Option<u64> {
        u64::try_from((most - least).picodollars()).ok()
    }
}

/// The values of runs in no order, with what takes a pass over them otherwise: they are at hand when they are added.
#[derive(Debug)]
pub(super) struct Column<T: Value> {
    values: Vec<T>,
    sum: T::Sum,
    /// The greatest where there is none.
    least: T,
    /// The least where there is none.
    most: T,
}

impl<T: Value> Default for Column<T> {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl<T: Value> Extend<T> for Column<T> {
    #[inline]
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        let (mut least, mut most, mut sum) = (self.least, self.most, self.sum);
        // With `map`, how many there are stays known to `extend`; with `inspect` each would ask for room.
        self.values.extend(values.into_iter().map(|value| {
            least = least.min(value);
            most = most.max(value);
            sum += value.into();
            value
        }));
        (self.least, self.most, self.sum) = (least, most, sum);
    }
}

impl<T: Value> FromIterator<T> for Column<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut column = Self::default();
        column.extend(values);
        column
    }
}

impl<T: Value> Column<T> {
    pub(super) fn with_capacity(runs: usize) -> Self {
        let (least, most) = T::RANGE;
        let values = Vec::with_capacity(runs);
        Self { values, sum: T::Sum::default(), least: most, most: least }
    }

    /// The values of further runs.
    pub(super) fn append(&mut self, mut other: Self) {
        self.least = self.least.min(other.least);
        self.most = self.most.max(other.most);
        self.sum += other.sum;
        self.values.append(&mut other.values);
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn sum(&self) -> T::Sum {
        self.sum
    }

    /// The smallest values that 5 %, 50 % and 95 % of the values do not exceed, of which there is at least one.
    ///
    /// The values are counted by equal parts of their range first, so that only those of the part with the
    /// quantile are put in order.
    pub(super) fn quantiles(mut self) -> [T; 3] {
        let least = self.least;
        if least == self.most {
            return [least; 3];
        }
        let Some(range) = T::range(least, self.most) else {
            self.values.sort_unstable();
            return PERCENTS.map(|percent| self.values[place_of(percent, self.values.len())]);
        };
        let shift = (u64::BITS - range.leading_zeros()).saturating_sub(PARTS.ilog2());
        let part_of = |value: T| usize::try_from(value.above(least) >> shift).unwrap_or(PARTS - 1);
        let mut counts = [0; PARTS];
        for value in &self.values {
            counts[part_of(*value)] += 1;
        }
        let mut is_wanted = [false; PARTS];
        let mut wanted = PERCENTS.map(|percent| {
            let mut place = place_of(percent, self.values.len());
            let mut part = 0;
            while place >= counts[part] {
                place -= counts[part];
                part += 1;
            }
            is_wanted[part] = true;
            (part, place, Vec::with_capacity(counts[part]))
        });
        for value in self.values {
            let part = part_of(value);
            if is_wanted[part] {
                for (_, _, candidates) in wanted.iter_mut().filter(|(of, ..)| *of == part) {
                    candidates.push(value);
                }
            }
        }
        wanted.map(|(_, place, mut candidates)| *candidates.select_nth_unstable(place).1)
    }
}

/// The quantiles that are asked for.
const PERCENTS: [usize; 3] = [5, 50, 95];

/// As many parts the range of values is cut into.
const PARTS: usize = 1_024;

/// Where among `n` values in order, from 0 on, the one is that so many percent do not exceed.
pub(super) fn place_of(percent: usize, n: usize) -> usize {
    (n * percent).div_ceil(100).max(1) - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Sum, quantiles and ends are those of the sorted values, in whatever parts they came.
    fn check<T: Value + std::fmt::Debug>(values: &[T], cut: usize) -> Result<(), TestCaseError>
    where
        T::Sum: PartialEq + std::fmt::Debug,
    {
        let (first, rest) = values.split_at(cut.min(values.len()));
        let mut column: Column<T> = first.iter().copied().collect();
        column.append(rest.iter().copied().collect());
        let mut sum = T::Sum::default();
        for value in values {
            sum += (*value).into();
        }
        prop_assert_eq!(column.sum(), sum);
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        let at = |percent| sorted[place_of(percent, sorted.len())];
        prop_assert_eq!((column.least, column.most), (sorted[0], sorted[sorted.len() - 1]));
        prop_assert_eq!(column.quantiles(), [at(5), at(50), at(95)]);
        Ok(())
    }

    proptest! {
        #[test]
        fn a_column_says_what_its_sorted_values_say(
            narrow in prop::collection::vec(0_u64..50, 1..300),
            wide in prop::collection::vec(any::<u64>(), 1..300),
            costs in prop::collection::vec((0..10_i128.pow(30)).prop_map(Money::from_picodollars), 1..300),
            cut in 0_usize..300,
        ) {
            check(&narrow, cut)?;
            check(&wide, cut)?;
            check(&costs, cut)?;
        }
    }
}
